namespace Coordination.Simulation.Tests.Mutating;

/// <summary>A silo that answers reads before the writes that came before them.</summary>
internal sealed class ReadsBeforeWrites : Mutations
{
    public override bool AwaitsWrites => false;
}
