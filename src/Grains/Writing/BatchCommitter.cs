using System.Diagnostics;
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

    private readonly ILogTurns _turns = log.Turns;
    private readonly WriterRivalry _rivalry = new();
    private bool _hasTurn;
    private long _offered;

    /// <summary>Carries out what <see cref="WritePipeline.TryTake"/> gave.</summary>
    /// <param name="batch">The batch to commit; null where the log is ahead of the replica, and is to be read.</param>
    public void CarryOut(PipelineBatch? batch)
    {
        if (batch is null)
            Follow();
        else
            Commit(batch);
        // The turn is for what was in flight when it was taken; nobody waits for what may come.
        if (_hasTurn && !pipeline.HasWork)
            GiveTurnBack();
    }

    private void Follow()
    {
        long before = replica.LastZxid;
        try
        {
            // Where there is something to append, taking the turn brings what was missed as well.
            if (_rivalry.IsExpected && !_hasTurn && pipeline.RequestsInFlight > 0)
                TakeTurn();
            else
                CatchUp();
        }
        catch (LogUnavailableException)
        {
            // Whoever looks at the log asks again, and what is offered to it next waits for it.
        }
        if (replica.LastZxid != before)
            pipeline.Revalidate(null);
    }

    private void Commit(PipelineBatch batch)
    {
        if (batch.Writer.Count == 0 && !log.IsShared)
        {
            pipeline.Apply(batch, null);
            return;
        }
        long started = metrics.Now;
        LogRow? row = null;
        try
        {
            // A refusal, too, leaves only where what it rests on is all that there is.
            if (batch.Writer.Count > 0 ? !TryAppend(batch, ref row) : !Append(null, replica.Tail))
            {
                pipeline.Revalidate(batch);
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
        // First, since applying it here ends with telling every client that watches.
        if (row is { } announced)
            notices.Announce(announced.LastZxid);
        pipeline.Apply(batch, row);
        if (row is not { } standing)
            return;
        metrics.Committed(started, _offered, committed, requests, standing.Body.Length);
        if (metrics.IsLong(_offered, committed))
            LogLong((long)Stopwatch.GetElapsedTime(_offered, committed).TotalMilliseconds, requests, standing.Body.Length);
    }

    // False where others' rows stand before it: they are applied then.
    private bool TryAppend(PipelineBatch batch, ref LogRow? row)
    {
        long before = replica.LastZxid;
        while (true)
        {
            if (_rivalry.IsExpected && !_hasTurn)
                TakeTurn();
            if (replica.LastZxid != before)
                return false;
            var tail = replica.Tail;
            row = tail.Next(batch.Writer.FirstZxid, batch.Writer.LastZxid, batch.Writer.Body);
            bool isAppended = Append(row, tail);
            _hasTurn = false;
            if (isAppended)
                return true;
            _rivalry.Lost();
        }
    }

    private void TakeTurn()
    {
        try
        {
            var turn = Wait(_turns.TakeAsync(replica.Tail));
            _hasTurn = turn.IsTaken;
            if (_hasTurn)
                _rivalry.Took(turn.Missed.Rows.Count);
            else
                _rivalry.WaitedInVain();
            Apply(turn.Missed);
            if (turn.Missed.ReachesTail)
                return;
            // Nobody waits while this silo reads at length.
            if (_hasTurn)
                GiveTurnBack();
            CatchUp();
        }
        catch (LogUnavailableException)
        {
            // The append is what waits for a database that is away.
            _rivalry.WaitedInVain();
        }
    }

    private void GiveTurnBack()
    {
        _hasTurn = false;
        _turns.GiveBackAsync().AsTask().GetAwaiter().GetResult();
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
                if (row is { } offered)
                {
                    _offered = metrics.Now;
                    return Wait(log.AppendAsync(offered, tail));
                }
                CatchUp();
                return replica.Tail == tail;
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

    private void CatchUp()
    {
        LogStretch stretch;
        do
        {
            stopping.ThrowIfCancellationRequested();
            stretch = Wait(_turns.ReadNextAsync(replica.Tail));
            Apply(stretch);
        }
        while (!stretch.ReachesTail);
    }

    private void Apply(in LogStretch stretch)
    {
        foreach (var row in stretch.Rows)
            pipeline.ApplyForeign(row);
    }

    private static T Wait<T>(ValueTask<T> task) =>
        task.IsCompletedSuccessfully ? task.Result : task.AsTask().GetAwaiter().GetResult();

    [LoggerMessage(Level = LogLevel.Error, Message = "The log takes no rows now: writes fail")]
    private partial void LogUnavailable(Exception e);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The log takes no rows now: writes wait")]
    private partial void LogWaiting(Exception e);

    [LoggerMessage(Level = LogLevel.Warning, Message =
        "A batch of {Requests} requests ({Bytes} bytes) took {Milliseconds} ms to become durable: every write waited for it")]
    private partial void LogLong(long milliseconds, int requests, int bytes);

    [LoggerMessage(Level = LogLevel.Error, Message = "Whether row {Position} stands is not known: it is offered again")]
    private partial void LogOutcomeUnknown(Exception e, long position);
}
