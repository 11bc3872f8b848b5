using Coordination.Engine.Checkpoint;

namespace Coordination.Storage;

/// <summary>The table with one row per znode, brought forward by folding the log.</summary>
/// <remarks>Any method may be called from any thread at any time; advances and flushes wait for each other. After a
/// <see cref="LogCorruptException"/> the checkpoint can no longer be trusted: the silo must stop.</remarks>
public interface ICheckpoint : IAsyncDisposable
{
    /// <summary>Reads what the checkpoint is a picture of.</summary>
    ValueTask<CheckpointState> ReadStateAsync(CancellationToken cancellationToken);

    /// <summary>Loads everything in one consistent read: sessions, counters and silos, then znodes, parents first.</summary>
    /// <returns>What the loaded rows are a picture of.</returns>
    /// <exception cref="LogCorruptException">What is stored cannot be read, or is not what was written: a row is damaged or
    /// missing.</exception>
    ValueTask<CheckpointState> LoadAsync(ICheckpointReceiver receiver, CancellationToken cancellationToken);

    /// <summary>Carries out a delta in one transaction that moves the checkpoint from the delta's base to its target.</summary>
    /// <param name="delta">The changes; better a thousand at a time than all at once, as each takes a CPU for some
    /// microseconds, and other work should get its turn.</param>
    /// <param name="cancellationToken">Heeded before the transaction begins.</param>
    /// <returns>False, with nothing done, when the checkpoint is not at the delta's base: another silo moved it,
    /// or an earlier call with this delta did. Nor is anything done where silos share the database, and it has been restored
    /// to a state that has not got the row that the delta ends with, or the one that its answers are of.</returns>
    /// <exception cref="LogUnavailableException">Nothing was done, and a later try may succeed: the disk is full.</exception>
    /// <exception cref="LogCorruptException">A row that the delta changes is not there, or one that it adds is, or the file is
    /// damaged.</exception>
    ValueTask<bool> AdvanceAsync(CheckpointDelta delta, CancellationToken cancellationToken);

    /// <summary>Makes all earlier advances durable. Only what is behind the returned state may be trimmed off the log.</summary>
    /// <returns>The state that is durable now: until then an advance is not, and may be gone after a power failure.</returns>
    /// <exception cref="LogUnavailableException">Nothing more is durable than before, and a later try may succeed.</exception>
    ValueTask<CheckpointState> FlushAsync(CancellationToken cancellationToken);
}
