using Coordination.Storage;

namespace Coordination.Simulation.Tests.Mutating;

/// <summary>Observers that take themselves for participants, where they watch others.</summary>
internal sealed class ObserversThatJudge : Mutations
{
    public override SiloRole RoleInEnsemble(SiloRole role) => SiloRole.Participant;
}
