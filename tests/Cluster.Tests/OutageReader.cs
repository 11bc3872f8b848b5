using System.Diagnostics;
using System.Net;
using Coordination.Testing;
using Coordination.Testing.RawProtocol;

namespace Coordination.Cluster.Tests;

/// <summary>Reads through one silo all the while, and remembers when it was last answered.</summary>
internal sealed class OutageReader : IAsyncDisposable
{
    private static readonly TimeSpan s_rest = TimeSpan.FromMilliseconds(10);

    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _running;
    private long _lastAnswered;
    private long _askedForLastAnswer;

    internal OutageReader(IPEndPoint silo) => _running = Task.Run(() => RunAsync(silo));

    /// <summary>When it was last answered.</summary>
    internal long LastAnswered => Interlocked.Read(ref _lastAnswered);

    /// <summary>Throws where something was answered that was asked when the silo might not serve any more.</summary>
    /// <param name="cut">When it had lost the database.</param>
    /// <param name="lease">How long it may serve from then on, by a clock that is this one.</param>
    /// <exception cref="BrokenPromiseException">It was.</exception>
    internal void ThrowIfServedAfter(long cut, TimeSpan lease)
    {
        var asked = Stopwatch.GetElapsedTime(cut, Interlocked.Read(ref _askedForLastAnswer));
        BrokenPromiseException.ThrowUnless(
            asked <= lease, $"a read was answered that was asked {asked} after the database was gone, with a lease of {lease}");
    }

    /// <summary>Waits until it is answered.</summary>
    internal async Task WaitUntilReadAsync()
    {
        long now = Stopwatch.GetTimestamp();
        await Eventually.TrueAsync(() => LastAnswered > now, TimeSpan.FromSeconds(60), () => "no read is answered");
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _stopping.Dispose();
    }

    private async Task RunAsync(IPEndPoint silo)
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await using var client = await RawZooKeeperClient.ConnectAsync(
                    silo, new ConnectParameters { ConnectTimeout = TimeSpan.FromSeconds(1) });
                while (!_stopping.IsCancellationRequested)
                {
                    long asked = Stopwatch.GetTimestamp();
                    if ((await client.ExistsAsync("/").WaitAsync(TimeSpan.FromSeconds(1))).IsOk)
                    {
                        Interlocked.Exchange(ref _askedForLastAnswer, asked);
                        Interlocked.Exchange(ref _lastAnswered, Stopwatch.GetTimestamp());
                    }
                    await Task.Delay(s_rest);
                }
            }
            catch (Exception e) when (e is ConnectionLostException or TimeoutException)
            {
                await Task.Delay(s_rest);
            }
        }
    }
}
