using System.Net;
using Coordination.Testing.RawProtocol;

namespace Coordination.Cluster.Tests;

/// <summary>Looks for a znode at a silo all the while, and remembers when it last asked for what it was shown.</summary>
internal sealed class LostReader
{
    private static readonly TimeSpan s_rest = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan s_longestAnswer = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource _hasRead = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal LostReader(IPEndPoint silo, string path, CancellationToken stopping) =>
        AskedForLastShown = Task.Run(() => RunAsync(silo, path, stopping), CancellationToken.None);

    /// <summary>Ends when it was shown for the first time.</summary>
    internal Task HasRead => _hasRead.Task;

    /// <summary>When it asked for what it was shown for the last time, in milliseconds; ends when it is told to stop.</summary>
    internal Task<long> AskedForLastShown { get; }

    private async Task<long> RunAsync(IPEndPoint silo, string path, CancellationToken stopping)
    {
        long shown = 0;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await using var client = await RawZooKeeperClient.ConnectAsync(
                    silo, new ConnectParameters { ConnectTimeout = s_longestAnswer });
                while (!stopping.IsCancellationRequested)
                {
                    long asked = Environment.TickCount64;
                    if ((await client.ExistsAsync(path).WaitAsync(s_longestAnswer, CancellationToken.None)).IsOk)
                    {
                        shown = asked;
                        _hasRead.TrySetResult();
                    }
                    await Task.Delay(s_rest, CancellationToken.None);
                }
            }
            catch (Exception e) when (e is ConnectionLostException or TimeoutException)
            {
                await Task.Delay(s_rest, CancellationToken.None);
            }
        }
        return shown;
    }
}
