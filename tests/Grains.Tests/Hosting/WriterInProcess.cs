using Coordination.Engine;
using Coordination.Engine.Requests;
using Coordination.Grains.Replication;
using Coordination.Grains.Tests.Logs;
using Coordination.Grains.Writing;
using Coordination.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coordination.Grains.Tests.Hosting;

/// <summary>A replica, its write pipeline and its commit loop over an empty log, without a checkpoint or grains.</summary>
internal sealed class WriterInProcess : IAsyncDisposable
{
    private readonly MeterFactory _meters = new();
    private int _lastCxid;

    public WriterInProcess(ILog log, int firstCxid = 1)
    {
        Log = log;
        Replica = new Replica(Guid.NewGuid(), CoordinationState.Genesis(), default);
        Pipeline = new WritePipeline(Replica, TimeProvider.System);
        Loop = new CommitLoop(
            log, new NoticesOfTest(), Replica, Pipeline, new CommitMetrics(_meters), NullLogger<CommitLoop>.Instance);
        _lastCxid = firstCxid - 1;
    }

    public ILog Log { get; }

    public Replica Replica { get; }

    public WritePipeline Pipeline { get; }

    public CommitLoop Loop { get; }

    /// <summary>The writes that were completed, in the order in which they were.</summary>
    public List<RecordedWrite> Completed { get; } = [];

    public static WriterInProcess Start(ILog log, int firstCxid = 1)
    {
        var writer = new WriterInProcess(log, firstCxid);
        writer.Loop.Start();
        return writer;
    }

    public RecordedWrite Submit(WriteOperation operation) => Submit([operation])[0];

    /// <summary>Submits writes together, and in their order.</summary>
    public RecordedWrite[] Submit(params WriteOperation[] operations)
    {
        var writes = Array.ConvertAll(
            operations, operation => new RecordedWrite(operation, Interlocked.Increment(ref _lastCxid), Completed));
        Pipeline.Submit(writes);
        return writes;
    }

    public Task<WriteReply> WriteAsync(WriteOperation operation) => Patience.WithinAsync(Submit(operation).Reply);

    /// <summary>Applies what others have put into the log since.</summary>
    public async Task CatchUpAsync()
    {
        await foreach (var row in Log.ReadAsync(Replica.Tail, default))
            Pipeline.ApplyForeign(row);
    }

    public async ValueTask DisposeAsync()
    {
        await Loop.DisposeAsync();
        Pipeline.Dispose();
        _meters.Dispose();
    }
}
