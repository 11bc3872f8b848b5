namespace Coordination.Engine.Checkpoint;

/// <summary>Builds a state from a checkpoint's rows.</summary>
/// <param name="state">An empty state.</param>
/// <remarks>Sessions must come before the znodes that they own; znodes are taken in any order that has parents first.</remarks>
public sealed class StateLoader(CoordinationState state) : ICheckpointReceiver
{
    /// <inheritdoc/>
    public void Znode(scoped in ZnodeRecord record) => state.Load(record);

    /// <inheritdoc/>
    public void Session(SessionRecord session) => state.Load(session);

    /// <inheritdoc/>
    public void Counter(string name, long next) => state.LoadCounter(name, next);

    /// <inheritdoc/>
    public void SiloBatch(Guid identity, long batchNumber)
    {
        // As where an entry says so: no silo takes batches of others any more.
    }

    /// <summary>Ends the loading with what the rows are a picture of.</summary>
    public void Complete(CheckpointState checkpoint) => state.Loaded(checkpoint);
}
