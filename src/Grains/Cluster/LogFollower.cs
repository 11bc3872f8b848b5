using Coordination.Grains.Replication;
using Coordination.Grains.Writing;
using Coordination.Storage;
using Microsoft.Extensions.Logging;

namespace Coordination.Grains.Cluster;

/// <summary>Has the replica apply what other silos put into a log that several share.</summary>
/// <remarks>A notice of the others is a hint; looking again after a bounded time is what can be relied on.</remarks>
public sealed partial class LogFollower(
    ILog log, ILogNotices notices, Replica replica, WritePipeline pipeline, ILogger<LogFollower> logger)
{
    private static readonly TimeSpan _longestWait = TimeSpan.FromMilliseconds(100);

    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        bool isReachable = true;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await notices.WaitAsync(_longestWait, cancellationToken);
                var tail = await log.ReadTailAsync(cancellationToken);
                if (tail.LastZxid > replica.LastZxid)
                    pipeline.RequestCatchUp(tail.LastZxid);
                isReachable = true;
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (LogUnavailableException e)
            {
                if (isReachable)
                    LogUnreachable(e);
                isReachable = false;
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The log cannot be reached: this silo falls behind")]
    private partial void LogUnreachable(Exception e);
}
