using Coordination.Engine.Log;

namespace Coordination.Simulation.Tests.Mutating;

/// <summary>Silos that say that they read the newest format level, whatever they read.</summary>
internal sealed class BoastfulSilos : Mutations
{
    public override int DeclaredLevel(int level) => LogFormat.CurrentLevel;
}
