using Coordination.Engine.Requests;
using Coordination.Grains.Replication;
using Coordination.Grains.Writing;
using Microsoft.Extensions.Logging;

namespace Coordination.Grains.Cluster;

/// <summary>Raises the format level of the log once all silos read a higher one, and let it have that: where this silo
/// leads.</summary>
/// <remarks>A silo that enters meanwhile and does not read it finds the entry, and ends with a line that says so.</remarks>
public sealed partial class FormatLevelKeeper(
    Ensemble ensemble, Replica replica, SiloWriter writer, SiloLease lease, FormatLevelLimit limit, TimeProvider time,
    ILogger<FormatLevelKeeper> logger)
{
    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                if (ensemble.IsLeader && Due() is { } level)
                {
                    var reply = await writer.WriteAsync(Caller.Service, new RaiseFormatLevelOperation(level), cancellationToken);
                    if (reply.Error == ErrorCode.Ok)
                        LogRaised(level);
                }
                await Task.Delay(lease.BeatPeriod, time, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
    }

    private int? Due()
    {
        int current;
        using (replica.Lock.EnterRead())
            current = replica.State.FormatLevel;
        int all = ensemble.Silos.Select(silo => silo.Entry.FormatLevel).Append(limit.Level).Min();
        return all > current ? all : null;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "All silos read the format level {Level} of the log: it is in force")]
    private partial void LogRaised(int level);
}
