using Coordination.Engine.Checkpoint;

namespace Coordination.Storage;

/// <summary>The table with one row per znode, brought forward by folding the log.</summary>
public interface ICheckpoint : IAsyncDisposable
{
    /// <summary>Reads what the checkpoint is a picture of.</summary>
    ValueTask<CheckpointState> ReadStateAsync(CancellationToken cancellationToken);

    /// <summary>Loads everything in one consistent read.</summary>
    /// <returns>What the loaded rows are a picture of.</returns>
    ValueTask<CheckpointState> LoadAsync(ICheckpointReceiver receiver, CancellationToken cancellationToken);

    /// <summary>Carries out a delta in one transaction that moves the checkpoint from the delta's base to its target.</summary>
    /// <returns>False, with nothing done, when the checkpoint is not at the delta's base: another silo moved it.</returns>
    ValueTask<bool> AdvanceAsync(CheckpointDelta delta, CancellationToken cancellationToken);

    /// <summary>Makes all earlier advances durable. Only what is behind the returned state may be trimmed off the log.</summary>
    ValueTask<CheckpointState> FlushAsync(CancellationToken cancellationToken);
}
