using Coordination.Grains.Cluster;
using Coordination.Grains.Sessions;
using Coordination.Storage;

namespace Coordination.Gateway.Serving;

/// <summary>Whom the silo serves now, and what it is called for it.</summary>
public sealed class ServingState(SessionTracker tracker, Ensemble ensemble, GatewayOptions options)
{
    /// <summary>Whom the silo serves now.</summary>
    public ServingMode Mode =>
        tracker.MayServe(tracker.Now) ? ServingMode.ReadWrite
        : !tracker.HasLeft && options.TakesReadOnlySessions ? ServingMode.ReadOnly
        : ServingMode.Nobody;

    /// <summary>What ZooKeeper would call the server.</summary>
    public string Name =>
        ensemble.IsAlone ? "standalone"
        : Mode == ServingMode.ReadOnly ? "read-only"
        : ensemble.Role == SiloRole.Observer ? "observer"
        : ensemble.IsLeader ? "leader"
        : "follower";
}
