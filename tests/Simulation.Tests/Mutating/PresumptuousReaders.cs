namespace Coordination.Simulation.Tests.Mutating;

/// <summary>A silo that serves reads alone also to those who have seen more than it has.</summary>
internal sealed class PresumptuousReaders : Mutations
{
    public override bool KnowsItsPlace => false;
}
