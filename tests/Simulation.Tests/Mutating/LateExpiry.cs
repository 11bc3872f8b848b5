using Coordination.Grains.Cluster;
using Coordination.Grains.Sessions;

namespace Coordination.Simulation.Tests.Mutating;

/// <summary>A tracker of sessions that gives them much longer than they have.</summary>
internal sealed class LateExpiry : Mutations
{
    public override SessionTracker MakeTracker(Guid silo, TimeSpan tick, SyncLimit limit, TimeProvider time) =>
        new(silo, tick, time) { OthersPatience = 20 * limit.Length };
}
