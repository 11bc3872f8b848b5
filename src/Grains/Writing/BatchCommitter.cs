using Coordination.Grains.Replication;
using Coordination.Storage;
using Microsoft.Extensions.Logging;

namespace Coordination.Grains.Writing;

/// <summary>Carries out what was taken from the write pipeline: appends a batch to the log and applies it, or applies
/// what others have appended.</summary>
/// <remarks>Blocks while the log works; the <see cref="CommitLoop"/> has a thread for it.</remarks>
/// <param name="log">The log.</param>
/// <param name="notices">Who hears that a row stands.</param>
/// <param name="replica">What rows are applied to.</param>
/// <param name="pipeline">Where batches come from.</param>
/// <param name="metrics">What is measured.</param>
/// <param name="logger">What is told to the operator.</param>
/// <param name="rest">Rests before a row is offered again; throws <see cref="OperationCanceledException"/> once
/// <paramref name="stopping"/> is cancelled.</param>
/// <param name="stopping">Ends reading and resting, never an append.</param>
internal sealed partial class BatchCommitter(
    ILog log, ILogNotices notices, Replica replica, WritePipeline pipeline, CommitMetrics metrics, ILogger logger,
    Action<TimeSpan> rest, CancellationToken stopping)
{
    private static readonly TimeSpan _longestRetryDelay = TimeSpan.FromSeconds(1);
    // A shared database is started again within seconds as a rule, and writes that wait need not fail.
    private static readonly TimeSpan _longestOutage = TimeSpan.FromSeconds(5);

    /// <summary>Carries out what <see cref="WritePipeline.TryTake"/> gave.</summary>
    /// <param name="batch">The batch to commit; null where the log is ahead of the replica, and is to be read.</param>
    public void CarryOut(PipelineBatch? batch)
    {
        if (batch is null)
            Follow(null);
        else
            Commit(batch);
    }

    private void Follow(PipelineBatch? lost)
    {
        try
        {
            CatchUp(replica.Tail);
        }
        catch (LogUnavailableException)
        {
            // Whoever looks at the log asks again, and what is offered to it next waits for it.
        }
        pipeline.Revalidate(lost);
    }

    private void Commit(PipelineBatch batch)
    {
        var tail = replica.Tail;
        if (batch.Writer.Count == 0 && !log.IsShared)
        {
            pipeline.Apply(batch, null);
            return;
        }
        long started = metrics.Now;
        LogRow? row = null;
        try
        {
            if (batch.Writer.Count > 0)
                row = tail.Next(batch.Writer.FirstZxid, batch.Writer.LastZxid, batch.Writer.Body);
            // A refusal, too, leaves only where what it rests on is all that there is.
            if (!Append(row, tail))
            {
                Follow(batch);
                return;
            }
        }
        catch (LogUnavailableException e)
        {
            LogUnavailable(e);
            pipeline.FailAll(batch, ErrorCode.SystemError);
            return;
        }
        long committed = metrics.Now;
        int requests = batch.Items.Count;
        pipeline.Apply(batch, row);
        if (row is not { } standing)
            return;
        notices.Announce(standing.Position);
        metrics.Committed(started, committed, requests, standing.Body.Length);
    }

    // An append is never cancelled: while its outcome is unknown, the same row is offered again. That it cannot be
    // offered now says nothing of an earlier offer.
    private bool Append(LogRow? row, LogTail tail)
    {
        bool isUnknown = false;
        var delay = TimeSpan.FromMilliseconds(10);
        var waited = TimeSpan.Zero;
        while (true)
        {
            try
            {
                return row is { } offered
                    ? Wait(log.AppendAsync(offered, tail))
                    : Wait(log.ReadTailAsync(CancellationToken.None)) == tail;
            }
            catch (LogOutcomeUnknownException e)
            {
                isUnknown = true;
                LogOutcomeUnknown(e, tail.Position + 1);
            }
            catch (LogUnavailableException e) when (isUnknown || (log.IsShared && waited < _longestOutage))
            {
                if (waited == TimeSpan.Zero)
                    LogWaiting(e);
            }
            rest(delay);
            waited += delay;
            delay = delay * 2 < _longestRetryDelay ? delay * 2 : _longestRetryDelay;
        }
    }

    private void CatchUp(LogTail tail)
    {
        var rows = log.ReadAsync(tail, stopping).GetAsyncEnumerator(stopping);
        try
        {
            while (Wait(rows.MoveNextAsync()))
                pipeline.ApplyForeign(rows.Current);
        }
        finally
        {
            rows.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    private static T Wait<T>(ValueTask<T> task) =>
        task.IsCompletedSuccessfully ? task.Result : task.AsTask().GetAwaiter().GetResult();

    [LoggerMessage(Level = LogLevel.Error, Message = "The log takes no rows now: writes fail")]
    private partial void LogUnavailable(Exception e);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The log takes no rows now: writes wait")]
    private partial void LogWaiting(Exception e);

    [LoggerMessage(Level = LogLevel.Error, Message = "Whether row {Position} stands is not known: it is offered again")]
    private partial void LogOutcomeUnknown(Exception e, long position);
}
