using Coordination.Engine.Checkpoint;
using Coordination.Storage;

namespace Coordination.Grains.Tests.Checkpoints;

/// <summary>A checkpoint beside a log that was restored: which has not got a row that somebody has applied.</summary>
internal sealed class CheckpointOfAnother(ICheckpoint inner, long firstLost) : ICheckpoint
{
    public ValueTask<CheckpointState> ReadStateAsync(CancellationToken cancellationToken) =>
        inner.ReadStateAsync(cancellationToken);

    public ValueTask<CheckpointState> LoadAsync(ICheckpointReceiver receiver, CancellationToken cancellationToken) =>
        inner.LoadAsync(receiver, cancellationToken);

    public ValueTask<bool> AdvanceAsync(CheckpointDelta delta, CancellationToken cancellationToken) =>
        delta.Applied is { } applied && applied.Position < firstLost
            ? inner.AdvanceAsync(delta, cancellationToken)
            : ValueTask.FromResult(false);

    public ValueTask<CheckpointState> FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
