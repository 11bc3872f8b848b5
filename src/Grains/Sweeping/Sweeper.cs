using Coordination.Engine.Requests;
using Coordination.Grains.Cluster;
using Coordination.Grains.Replication;
using Coordination.Grains.Writing;
using Microsoft.Extensions.Logging;

namespace Coordination.Grains.Sweeping;

/// <summary>Removes containers whose last child has gone, and znodes whose time to live is over.</summary>
/// <remarks>The silo that leads finds them in its replica, in pieces that hold up nobody. Whether one is removed is
/// decided where the removal is validated, so that two who both take themselves for the leader do no harm.</remarks>
public sealed partial class Sweeper(
    Replica replica, SiloWriter writer, Ensemble ensemble, SweepPace pace, TimeProvider time, ILogger<Sweeper> logger)
{
    private const int MostLookedAt = 1024;
    private readonly long _mostNeverUsed = (long)pace.MostNeverUsed.TotalMilliseconds;
    // A tenth of a second's worth, and at least one.
    private readonly int _mostAtOnce = Math.Clamp(pace.MostPerMinute / 600, 1, 256);

    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(pace.Interval, time, cancellationToken);
                // Of several silos one is enough.
                if (!ensemble.IsLeader)
                    continue;
                int removed = await SweepAsync(cancellationToken);
                if (removed > 0)
                    LogRemoved(removed);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
    }

    /// <summary>Looks at all of them once.</summary>
    /// <returns>How many were removed.</returns>
    public async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        int removed = 0;
        var unused = new List<byte[]>();
        int left = int.MaxValue;
        do
        {
            unused.Clear();
            left = FindUnused(left, unused);
            foreach (byte[][] some in unused.Chunk(_mostAtOnce))
            {
                removed += await RemoveAsync(some, cancellationToken);
                await Task.Delay(TimeSpan.FromMinutes((double)some.Length / pace.MostPerMinute), time, cancellationToken);
            }
        }
        while (left > 0);
        return removed;
    }

    private int FindUnused(int below, List<byte[]> unused)
    {
        replica.Lock.LetWriterIn();
        using (replica.Lock.EnterRead())
        {
            return replica.State.Vanishing.FindUnused(
                below, MostLookedAt, time.GetUtcNow().ToUnixTimeMilliseconds(), _mostNeverUsed, unused);
        }
    }

    private async Task<int> RemoveAsync(byte[][] paths, CancellationToken cancellationToken)
    {
        var replies = await Task.WhenAll(paths.Select(
            path => writer.WriteAsync(Caller.Service, new RemoveUnusedOperation(path, _mostNeverUsed), cancellationToken)));
        // What is refused is in use again, or gone; what fails otherwise is found by the next sweep.
        return replies.Count(static reply => reply.Error == ErrorCode.Ok);
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Count} unused containers and expired znodes were removed")]
    private partial void LogRemoved(int count);
}
