using Coordination.Grains.Replication;
using Coordination.Grains.Sessions;
using Coordination.Grains.Writing;
using Coordination.Storage;
using Microsoft.Extensions.Logging;

namespace Coordination.Grains.Cluster;

/// <summary>Has the replica apply what other silos put into a log that several share.</summary>
/// <remarks>It knows how old the replica is: the tail that it was given is applied, and stood when it asked. A notice of the
/// others is a hint; looking again after a bounded time is what can be relied on.</remarks>
public sealed partial class LogFollower(
    LogTailReader reader, ILogNotices notices, Replica replica, WritePipeline pipeline, SessionTracker tracker,
    SyncLimit limit, ILogger<LogFollower> logger)
{
    private static readonly TimeSpan _longestWait = TimeSpan.FromMilliseconds(100);

    /// <summary>Runs until it is cancelled.</summary>
    /// <exception cref="LogHistoryChangedException">What this silo has applied is no more in the log: it must load again,
    /// and serve nobody until then.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        bool isReachable = true;
        long looked = 0;
        Inquiry? unconfirmed = null;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                long heard = await notices.WaitAsync(_longestWait, cancellationToken);
                if (heard > replica.LastZxid)
                    pipeline.RequestCatchUp(heard);
                // Before the next question: while others write, its answer is always ahead of what is applied.
                Confirm(ref unconfirmed);
                long asked = tracker.Now;
                if (heard != 0 && asked - looked < _longestWait.TotalMilliseconds)
                    continue;
                looked = asked;
                var tail = await reader.ReadTailAsync(cancellationToken);
                tracker.Reached(asked);
                if (tail.LastZxid > replica.LastZxid)
                    pipeline.RequestCatchUp(tail.LastZxid);
                unconfirmed ??= new Inquiry(asked, tail.LastZxid);
                Confirm(ref unconfirmed);
                if (!isReachable)
                    LogReachable();
                isReachable = true;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
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

    private void Confirm(ref Inquiry? unconfirmed)
    {
        if (unconfirmed is not { } inquiry || inquiry.Zxid > replica.LastZxid)
            return;
        tracker.FreshUntil(inquiry.Asked + (long)limit.Length.TotalMilliseconds);
        unconfirmed = null;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The log cannot be reached: this silo falls behind")]
    private partial void LogUnreachable(Exception e);

    [LoggerMessage(Level = LogLevel.Information, Message = "The log can be reached again")]
    private partial void LogReachable();

    /// <summary>When the tail was asked for, in the tracker's time, and the zxid that it had.</summary>
    private readonly record struct Inquiry(long Asked, long Zxid);
}
