using Coordination.Grains.Writing;
using Coordination.Storage;

namespace Coordination.Grains.Replication;

/// <summary>Brings reads up to date with every write that was acknowledged before they came: sync.</summary>
public sealed class LogTailReader(ILog log, Replica replica, WritePipeline pipeline, TimeProvider time)
{
    private static readonly TimeSpan _poll = TimeSpan.FromMilliseconds(1);

    /// <summary>Asks the log for its tail, and waits until the replica has applied it.</summary>
    /// <exception cref="LogUnavailableException">The log cannot be asked now.</exception>
    public async ValueTask SyncAsync(CancellationToken cancellationToken)
    {
        var tail = await log.ReadTailAsync(cancellationToken);
        if (log.IsShared && replica.LastZxid < tail.LastZxid)
            pipeline.RequestCatchUp(tail.LastZxid);
        while (replica.LastZxid < tail.LastZxid)
            await Task.Delay(_poll, time, cancellationToken);
    }
}
