using Coordination.Engine.Checkpoint;
using Coordination.Storage;

namespace Coordination.Grains.Tests.Checkpoints;

/// <summary>A checkpoint that cannot be reached when the test wants that.</summary>
internal sealed class CheckpointOutage(ICheckpoint inner) : ICheckpoint
{
    private int _failures;

    /// <summary>How often it was called in vain.</summary>
    public int Failures => Volatile.Read(ref _failures);

    public bool IsOut { get; set; }

    public ValueTask<CheckpointState> ReadStateAsync(CancellationToken cancellationToken)
    {
        FailIfOut();
        return inner.ReadStateAsync(cancellationToken);
    }

    public ValueTask<CheckpointState> LoadAsync(ICheckpointReceiver receiver, CancellationToken cancellationToken)
    {
        FailIfOut();
        return inner.LoadAsync(receiver, cancellationToken);
    }

    public ValueTask<bool> AdvanceAsync(CheckpointDelta delta, CancellationToken cancellationToken)
    {
        FailIfOut();
        return inner.AdvanceAsync(delta, cancellationToken);
    }

    public ValueTask<CheckpointState> FlushAsync(CancellationToken cancellationToken)
    {
        FailIfOut();
        return inner.FlushAsync(cancellationToken);
    }

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private void FailIfOut()
    {
        if (!IsOut)
            return;
        Interlocked.Increment(ref _failures);
        throw new LogUnavailableException("the database is gone");
    }
}
