namespace Coordination.Grains.Cluster;

/// <summary>The other silos have taken this one for dead, and its sessions over: it has to begin a new life.</summary>
public sealed class SiloTakenForDeadException()
    : Exception("the other silos took this one for dead while it was silent; it has to be started again");
