using System.Diagnostics;
using System.Net;
using Coordination.Testing.RawProtocol;

namespace Coordination.Cluster.Tests;

/// <summary>Reads through one silo all the while, and remembers when it was last answered.</summary>
internal sealed class OutageReader : IAsyncDisposable
{
    private static readonly TimeSpan s_rest = TimeSpan.FromMilliseconds(10);

    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _running;
    private long _lastAnswered;

    internal OutageReader(IPEndPoint silo) => _running = Task.Run(() => RunAsync(silo));

    /// <summary>When it was last answered.</summary>
    internal long LastAnswered => Interlocked.Read(ref _lastAnswered);

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
                    if ((await client.ExistsAsync("/").WaitAsync(TimeSpan.FromSeconds(1))).IsOk)
                        Interlocked.Exchange(ref _lastAnswered, Stopwatch.GetTimestamp());
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
