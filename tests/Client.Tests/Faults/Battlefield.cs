using System.Collections.Concurrent;
using Coordination.Testing;

namespace Coordination.Client.Tests.Faults;

/// <summary>Contenders, each behind proxies of its own, and the servers behind those; and all that can go wrong between
/// them.</summary>
internal sealed class Battlefield : IAsyncDisposable
{
    private const int MostFaults = 10;

    private readonly IReadOnlyList<SiloProcess> _servers;
    private readonly IReadOnlyList<ContenderProcess> _contenders;
    private readonly IReadOnlyList<TcpProxy[]> _proxies;
    private readonly ConcurrentDictionary<string, int> _faults = new();
    private readonly TimeSpan _sessionTimeout;
    private Func<bool> _isEnough = static () => true;
    private int _left;
    private int _leftAtMost;

    public Battlefield(
        IReadOnlyList<SiloProcess> servers, int contenders, TimeSpan sessionTimeout, IReadOnlyDictionary<string, FencedStore> stores)
    {
        _servers = servers;
        _sessionTimeout = sessionTimeout;
        _proxies = [.. Enumerable.Range(0, contenders).Select(_ => servers.Select(server => new TcpProxy(server.ClientEndPoint)).ToArray())];
        _contenders =
        [
            .. _proxies.Select((proxies, i) => ContenderProcess.Start(
                i, string.Join(',', proxies.Select(static proxy => $"{proxy.EndPoint}")), sessionTimeout, stores)),
        ];
    }

    /// <summary>What went wrong, and how often.</summary>
    public IReadOnlyDictionary<string, int> Faults => _faults;

    /// <summary>How many sessions have ended before their client.</summary>
    public int Expirations => _contenders.Sum(static contender => contender.Expirations);

    /// <summary>Has so much go wrong, and then nothing any more.</summary>
    /// <param name="faults">How much.</param>
    /// <param name="serverKilledEvery">How often a server is killed, or frozen.</param>
    /// <param name="isEnough">Whether enough has come of it: until then, and ten times as
    /// much at the most, it goes on.</param>
    public async Task FightAsync(int faults, TimeSpan serverKilledEvery, Func<bool> isEnough)
    {
        // Whoever was never served cannot lose anything.
        foreach (var contender in _contenders)
        {
            while (contender.Session is null)
                await Task.Delay(10);
        }
        _left = faults;
        _leftAtMost = MostFaults * faults;
        _isEnough = isEnough;
        using var over = new CancellationTokenSource();
        var killing = KillServersAsync(serverKilledEvery, over.Token);
        await Task.WhenAll(_contenders.Select((_, i) => TroubleAsync(i)));
        await over.CancelAsync();
        await killing;
    }

    /// <summary>Has all contenders end in good order.</summary>
    public Task StopAsync(TimeSpan within) => Task.WhenAll(_contenders.Select(contender => contender.StopAsync(within)));

    public async ValueTask DisposeAsync()
    {
        foreach (var contender in _contenders)
            await contender.DisposeAsync();
        foreach (var proxy in _proxies.SelectMany(static proxies => proxies))
            await proxy.DisposeAsync();
    }

    private TimeSpan Short => _sessionTimeout * (Random.Shared.NextDouble() / 2);

    private TimeSpan Long => _sessionTimeout * (1.2 + Random.Shared.NextDouble());

    private async Task TroubleAsync(int number)
    {
        var proxies = _proxies[number];
        // On a machine that has other things to do, contenders come to hold something less often than faults come.
        while (Interlocked.Decrement(ref _leftAtMost) >= 0 && (Interlocked.Decrement(ref _left) >= 0 || !_isEnough()))
        {
            string fault = await TroubleAsync(_contenders[number], proxies);
            _faults.AddOrUpdate(fault, 1, static (_, count) => count + 1);
            foreach (var proxy in proxies)
                proxy.Restore();
            await Task.Delay(Short / 2);
        }
    }

    private async Task<string> TroubleAsync(ContenderProcess contender, TcpProxy[] proxies)
    {
        switch (Random.Shared.Next(10))
        {
            case 0:
                Array.ForEach(proxies, static proxy => proxy.Silence());
                await Task.Delay(Short);
                return "the network stalls";
            case 1:
                Array.ForEach(proxies, static proxy => proxy.Silence());
                await Task.Delay(Long);
                return "the network stalls for longer than a session lives";
            case 2 or 3:
                Array.ForEach(proxies, static proxy => proxy.SilenceAnswers());
                await Task.Delay(Short);
                Array.ForEach(proxies, static proxy => proxy.Cut());
                return "answers are lost";
            case 4:
                Array.ForEach(proxies, static proxy => proxy.Refuse());
                await Task.Delay(Short + Short);
                return "connections are refused";
            case 5:
                contender.Freeze();
                await Task.Delay(Short);
                contender.Thaw();
                return "the client is frozen";
            case 6:
                contender.Freeze();
                await Task.Delay(Long);
                contender.Thaw();
                return "the client is frozen for longer than a session lives";
            case 7:
                return await RobAsync(contender, proxies) ? "the session is ended from elsewhere" : "connections are refused";
            default:
                Array.ForEach(proxies, static proxy => proxy.Cut());
                return "connections are cut";
        }
    }

    private async Task<bool> RobAsync(ContenderProcess contender, TcpProxy[] proxies)
    {
        // It must not take the session back meanwhile.
        Array.ForEach(proxies, static proxy => proxy.Refuse());
        var session = contender.Session!;
        contender.Rob(session.Id);
        return await session.TryEndAsync(_servers.Select(static server => server.ClientEndPoint), _sessionTimeout);
    }

    private async Task KillServersAsync(TimeSpan every, CancellationToken over)
    {
        for (int i = 0; ; i++)
        {
            await Task.Delay(every, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (over.IsCancellationRequested)
                return;
            var server = _servers[Random.Shared.Next(_servers.Count)];
            string fault = "a server is killed";
            if (i % 3 == 2)
            {
                fault = "a server is frozen";
                server.Pause();
                await Task.Delay(Short, CancellationToken.None);
                server.Continue();
            }
            else
            {
                await server.KillAsync();
                await server.StartAgainAsync();
            }
            _faults.AddOrUpdate(fault, 1, static (_, count) => count + 1);
        }
    }
}
