namespace Coordination.Simulation.Tests.Mutating;

/// <summary>Observers that begin epochs, as participants do.</summary>
internal sealed class EpochsOfObservers : Mutations
{
    public override bool ObserversBeginEpochs => true;
}
