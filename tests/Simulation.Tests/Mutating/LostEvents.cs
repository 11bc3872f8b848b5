namespace Coordination.Simulation.Tests.Mutating;

/// <summary>A silo that loses the events of watches now and then.</summary>
internal sealed class LostEvents : Mutations
{
    public override bool LosesEvent(Random random) => random.Next(50) == 0;
}
