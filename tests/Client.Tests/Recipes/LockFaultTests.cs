using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Coordination.Client.Recipes;
using Coordination.Testing;

namespace Coordination.Client.Tests.Recipes;

/// <summary>Under faults of every kind there is one holder at a time, and who was one writes nothing any more.</summary>
/// <remarks>COORDINATION_TEST_FAULT_SECONDS says for how long.</remarks>
public sealed class LockFaultTests
{
    private const int Contenders = 4;

    private static readonly TimeSpan s_duration = TimeSpan.FromSeconds(
        Environment.GetEnvironmentVariable("COORDINATION_TEST_FAULT_SECONDS") is { Length: > 0 } seconds
            ? int.Parse(seconds, CultureInfo.InvariantCulture) : 10);

    private readonly Lock _gate = new();
    private readonly List<LockHandle> _believers = [];
    private readonly ConcurrentQueue<string> _violations = new();
    private long _highestToken;
    private int _terms;
    private int _expired;

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    public async Task There_is_one_holder_whatever_breaks(ServerKind kind)
    {
        await using var server = await Servers.StartAsync(kind, TimeSpan.FromMilliseconds(300));
        var proxies = Enumerable.Range(0, Contenders).Select(_ => new TcpProxy(server.ClientEndPoint)).ToArray();
        using var over = new CancellationTokenSource();
        var contending = proxies.Select(proxy => ContendAsync(proxy, over.Token)).ToArray();
        await BreakAsync(server, proxies);
        await over.CancelAsync();
        foreach (var proxy in proxies)
            proxy.Restore();
        await Task.WhenAll(contending).WaitAsync(Servers.Soon * 2);
        foreach (var proxy in proxies)
            await proxy.DisposeAsync();
        Assert.Empty(_violations);
        Assert.True(_terms > Contenders, $"there were only {_terms} holders");
        Assert.True(_expired > 0, "no session ended");
    }

    private async Task ContendAsync(TcpProxy proxy, CancellationToken over)
    {
        await using var client = new CoordinationClient(new CoordinationClientOptions
        {
            ConnectionString = $"{proxy.EndPoint}",
            SessionTimeout = TimeSpan.FromMilliseconds(600),
            LongestRetryDelay = TimeSpan.FromMilliseconds(100),
            CloseTimeout = TimeSpan.FromSeconds(1),
        });
        client.StateChanged += change => Interlocked.Add(ref _expired, change.State == SessionState.Expired ? 1 : 0);
        var mutex = new DistributedLock(client, "/lock");
        while (!over.IsCancellationRequested)
        {
            try
            {
                await using var handle = await mutex.AcquireAsync(over);
                Enter(handle);
                try
                {
                    // Some hold it until it is lost.
                    var term = TimeSpan.FromMilliseconds(Random.Shared.Next(4) == 0 ? 1500 : Random.Shared.Next(5));
                    await Task.Delay(term, handle.LostToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    Write(handle);
                }
                finally
                {
                    lock (_gate)
                        _believers.Remove(handle);
                }
            }
            catch (OperationCanceledException) when (over.IsCancellationRequested)
            {
                return;
            }
            catch (CoordinationException exception) when (exception is ConnectionLossException or SessionExpiredException)
            {
                // The next attempt may have more luck.
            }
        }
    }

    private void Enter(LockHandle handle)
    {
        lock (_gate)
        {
            _terms++;
            foreach (var other in _believers.Where(static other => other.IsHeld))
                _violations.Enqueue($"0x{handle.FencingToken:x} is held while 0x{other.FencingToken:x} is");
            if (handle.FencingToken <= _highestToken)
                _violations.Enqueue($"the token 0x{handle.FencingToken:x} comes after 0x{_highestToken:x}");
            _highestToken = Math.Max(_highestToken, handle.FencingToken);
            _believers.Add(handle);
        }
    }

    // What a database does that keeps the highest token beside the row.
    private void Write(LockHandle handle)
    {
        lock (_gate)
        {
            if (handle.IsHeld && handle.FencingToken < _highestToken)
                _violations.Enqueue($"0x{handle.FencingToken:x} is sure to be held, and 0x{_highestToken:x} was given out");
        }
    }

    private static async Task BreakAsync(SiloProcess server, TcpProxy[] proxies)
    {
        var clock = Stopwatch.StartNew();
        for (int i = 0; clock.Elapsed < s_duration; i++)
        {
            var proxy = proxies[Random.Shared.Next(proxies.Length)];
            switch (i % 8)
            {
                case 2 or 5:
                    // For longer than a session lives.
                    proxy.Silence();
                    await Task.Delay(Random.Shared.Next(700, 1200));
                    break;
                case 3:
                    proxy.SilenceAnswers();
                    await Task.Delay(Random.Shared.Next(1200));
                    proxy.Cut();
                    break;
                case 6:
                    proxy.Refuse();
                    await Task.Delay(Random.Shared.Next(1200));
                    break;
                case 7 when i % 16 == 7:
                    server.Pause();
                    await Task.Delay(Random.Shared.Next(300));
                    server.Continue();
                    break;
                case 7:
                    await server.KillAsync();
                    await server.StartAgainAsync();
                    break;
                default:
                    proxy.Cut();
                    await Task.Delay(Random.Shared.Next(100));
                    break;
            }
            proxy.Restore();
        }
    }
}
