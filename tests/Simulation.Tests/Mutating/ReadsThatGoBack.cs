namespace Coordination.Simulation.Tests.Mutating;

/// <summary>A silo that serves a client that has seen more than it.</summary>
internal sealed class ReadsThatGoBack : Mutations
{
    public override bool HeedsLastZxid => false;
}
