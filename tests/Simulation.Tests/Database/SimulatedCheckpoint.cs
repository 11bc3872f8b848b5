using Coordination.Engine.Checkpoint;
using Coordination.Simulation.Tests.Mutating;
using Coordination.Storage;

namespace Coordination.Simulation.Tests.Database;

/// <summary>The checkpoint as a silo has it: durable as soon as it is brought forward, as in PostgreSQL.</summary>
internal sealed class SimulatedCheckpoint(
    SimulatedDatabase database, DatabaseLink link, Mutations mutations, Action<CheckpointState> advanced) : ICheckpoint
{
    /// <inheritdoc/>
    public ValueTask<CheckpointState> ReadStateAsync(CancellationToken cancellationToken) =>
        link.CallAsync(null, () => database.Checkpoint.State);

    /// <inheritdoc/>
    public async ValueTask<CheckpointState> LoadAsync(ICheckpointReceiver receiver, CancellationToken cancellationToken)
    {
        var rows = await link.CallAsync("load of the checkpoint", database.Checkpoint.Copy);
        rows.LoadInto(receiver);
        return rows.State;
    }

    /// <inheritdoc/>
    public ValueTask<bool> AdvanceAsync(CheckpointDelta delta, CancellationToken cancellationToken) =>
        link.CallAsync("advance of the checkpoint", () => Advance(delta));

    /// <inheritdoc/>
    public ValueTask<CheckpointState> FlushAsync(CancellationToken cancellationToken) => ReadStateAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private bool Advance(CheckpointDelta delta)
    {
        if (!database.Advance(mutations.DeltaOf(delta)))
            return false;
        advanced(delta.Target);
        return true;
    }
}
