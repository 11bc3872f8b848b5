using Coordination.Grains.Replication;
using Coordination.Storage;
using Microsoft.Extensions.Logging;

namespace Coordination.Grains.Writing;

/// <summary>The thread that moves the write pipeline: takes a batch, appends it to the log, applies it.</summary>
/// <remarks>A thread of its own, since an embedded database commits by blocking.</remarks>
public sealed partial class CommitLoop : IAsyncDisposable
{
    private static readonly TimeSpan _longestRetryDelay = TimeSpan.FromSeconds(1);

    private readonly ILog _log;
    private readonly ILogNotices _notices;
    private readonly Replica _replica;
    private readonly WritePipeline _pipeline;
    private readonly CommitMetrics _metrics;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isStarted;

    /// <summary>Makes the loop; <see cref="Start"/> starts it.</summary>
    public CommitLoop(
        ILog log, ILogNotices notices, Replica replica, WritePipeline pipeline, CommitMetrics metrics,
        ILogger<CommitLoop> logger)
    {
        _notices = notices;
        _log = log;
        _replica = replica;
        _pipeline = pipeline;
        _metrics = metrics;
        _logger = logger;
    }

    /// <summary>Ends when the loop does: in error when the log can no longer be trusted, and the silo must stop.</summary>
    public Task Completion => _ended.Task;

    /// <summary>Starts the thread.</summary>
    public void Start()
    {
        _isStarted = true;
        new Thread(Run) { IsBackground = true, Name = "commit" }.Start();
    }

    /// <summary>Stops taking requests, carries out those that were taken, and ends the thread.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _pipeline.Stop();
        try
        {
            await _ended.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // What is still in flight was never acknowledged.
            _stopping.Cancel();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _pipeline.Stop();
        _stopping.Cancel();
        if (_isStarted)
            await _ended.Task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private void Run()
    {
        try
        {
            while (_pipeline.TryTake(out var batch))
            {
                if (batch is null)
                    Follow();
                else
                    Commit(batch);
            }
            _ended.SetResult();
        }
        catch (OperationCanceledException)
        {
            _ended.SetResult();
        }
        catch (Exception e)
        {
            LogStopped(e);
            _ended.SetException(e);
        }
    }

    private void Follow()
    {
        try
        {
            CatchUp(_replica.Tail);
        }
        catch (LogUnavailableException)
        {
            // Whoever looks at the log asks again.
        }
        _pipeline.Revalidate(null);
    }

    private void Commit(PipelineBatch batch)
    {
        var tail = _replica.Tail;
        if (batch.Writer.Count == 0 && !_log.IsShared)
        {
            _pipeline.Apply(batch, null);
            return;
        }
        long started = _metrics.Now;
        LogRow? row = null;
        try
        {
            if (batch.Writer.Count > 0)
                row = tail.Next(batch.Writer.FirstZxid, batch.Writer.LastZxid, batch.Writer.Body);
            // A refusal, too, leaves only where what it rests on is all that there is.
            if (!(row is { } offered ? Append(offered, tail) : Wait(_log.ReadTailAsync(CancellationToken.None)) == tail))
            {
                CatchUp(tail);
                _pipeline.Revalidate(batch);
                return;
            }
        }
        catch (LogUnavailableException e)
        {
            LogUnavailable(e);
            _pipeline.FailAll(batch, ErrorCode.SystemError);
            return;
        }
        long committed = _metrics.Now;
        int requests = batch.Items.Count;
        _pipeline.Apply(batch, row);
        if (row is not { } standing)
            return;
        _notices.Announce(standing.Position);
        _metrics.Committed(started, committed, requests, standing.Body.Length);
    }

    // An append is never cancelled: while its outcome is unknown, the same row is offered again. That it cannot be
    // offered now says nothing of an earlier offer.
    private bool Append(LogRow row, LogTail tail)
    {
        bool isUnknown = false;
        var delay = TimeSpan.FromMilliseconds(10);
        while (true)
        {
            try
            {
                return Wait(_log.AppendAsync(row, tail));
            }
            catch (Exception e) when (e is LogOutcomeUnknownException || (isUnknown && e is LogUnavailableException))
            {
                isUnknown = true;
                LogOutcomeUnknown(e, row.Position);
                if (_stopping.Token.WaitHandle.WaitOne(delay))
                    throw new OperationCanceledException(_stopping.Token);
                delay = delay * 2 < _longestRetryDelay ? delay * 2 : _longestRetryDelay;
            }
        }
    }

    private void CatchUp(LogTail tail)
    {
        var rows = _log.ReadAsync(tail, _stopping.Token).GetAsyncEnumerator(_stopping.Token);
        try
        {
            while (Wait(rows.MoveNextAsync()))
                _pipeline.ApplyForeign(rows.Current);
        }
        finally
        {
            rows.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    private static T Wait<T>(ValueTask<T> task) =>
        task.IsCompletedSuccessfully ? task.Result : task.AsTask().GetAwaiter().GetResult();

    [LoggerMessage(Level = LogLevel.Critical, Message = "The log can no longer be trusted: nothing more is acknowledged")]
    private partial void LogStopped(Exception e);

    [LoggerMessage(Level = LogLevel.Error, Message = "The log takes no rows now: writes fail")]
    private partial void LogUnavailable(Exception e);

    [LoggerMessage(Level = LogLevel.Error, Message = "Whether row {Position} stands is not known: it is offered again")]
    private partial void LogOutcomeUnknown(Exception e, long position);
}
