using Coordination.Grains.Replication;
using Coordination.Storage;
using Microsoft.Extensions.Logging;

namespace Coordination.Grains.Writing;

/// <summary>The thread that moves the write pipeline: takes a batch, appends it to the log, applies it.</summary>
/// <remarks>A thread of its own, since an embedded database commits by blocking.</remarks>
public sealed partial class CommitLoop : IAsyncDisposable
{
    private readonly WritePipeline _pipeline;
    private readonly BatchCommitter _committer;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isStarted;

    /// <summary>Makes the loop; <see cref="Start"/> starts it.</summary>
    public CommitLoop(
        ILog log, ILogNotices notices, Replica replica, WritePipeline pipeline, CommitMetrics metrics,
        ILogger<CommitLoop> logger)
    {
        _pipeline = pipeline;
        _committer = new BatchCommitter(log, notices, replica, pipeline, metrics, logger, Rest, _stopping.Token);
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
                _committer.CarryOut(batch);
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

    private void Rest(TimeSpan delay)
    {
        if (_stopping.Token.WaitHandle.WaitOne(delay))
            throw new OperationCanceledException(_stopping.Token);
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "The log can no longer be trusted: nothing more is acknowledged")]
    private partial void LogStopped(Exception e);
}
