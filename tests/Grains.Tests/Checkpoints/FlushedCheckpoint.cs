using Coordination.Engine.Checkpoint;
using Coordination.Storage;

namespace Coordination.Grains.Tests.Checkpoints;

/// <summary>A checkpoint that remembers how much of it is known to be durable.</summary>
internal sealed class FlushedCheckpoint(ICheckpoint inner) : ICheckpoint
{
    private long _durable;

    /// <summary>The last position that a flush has answered for.</summary>
    public long Durable => Volatile.Read(ref _durable);

    public ValueTask<CheckpointState> ReadStateAsync(CancellationToken cancellationToken) =>
        inner.ReadStateAsync(cancellationToken);

    public ValueTask<CheckpointState> LoadAsync(ICheckpointReceiver receiver, CancellationToken cancellationToken) =>
        inner.LoadAsync(receiver, cancellationToken);

    public ValueTask<bool> AdvanceAsync(CheckpointDelta delta, CancellationToken cancellationToken) =>
        inner.AdvanceAsync(delta, cancellationToken);

    public async ValueTask<CheckpointState> FlushAsync(CancellationToken cancellationToken)
    {
        var state = await inner.FlushAsync(cancellationToken);
        Volatile.Write(ref _durable, state.Position);
        return state;
    }

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
