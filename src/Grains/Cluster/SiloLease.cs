namespace Coordination.Grains.Cluster;

/// <summary>How long a silo is taken for alive after its last heartbeat.</summary>
/// <param name="Length">The lease: by the clock of whoever watches, and by the silo's own, which stops serving before the
/// others take it for dead.</param>
public sealed record SiloLease(TimeSpan Length)
{
    /// <summary>How often a heartbeat is due.</summary>
    public TimeSpan BeatPeriod => Length / 5;
}
