namespace Coordination.Simulation.Tests.Mutating;

/// <summary>A silo that shows what an entry has done so far, of which it has applied a part.</summary>
internal sealed class ReadsOfParts : Mutations
{
    public override bool AwaitsSettled => false;
}
