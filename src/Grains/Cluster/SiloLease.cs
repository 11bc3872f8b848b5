namespace Coordination.Grains.Cluster;

/// <summary>How long a silo is taken for alive after its last heartbeat.</summary>
/// <param name="Length">The lease: within it after a silo's death the others answer for its sessions.</param>
public sealed record SiloLease(TimeSpan Length)
{
    /// <summary>How often a heartbeat is due, and the others' are looked at.</summary>
    public TimeSpan BeatPeriod => Length / 10;

    /// <summary>How long a heartbeat may stand still, by the clock of whoever watches; and how long a silo serves clients
    /// after it last began to beat, by its own. What is left of the lease is for beating and looking.</summary>
    public TimeSpan Patience => Length * 4 / 5;

    /// <summary>How long a heartbeat, and the look at the others, may take before it is tried anew, over another connection:
    /// so short that whoever comes back after an outage has time for another before the others' patience ends.</summary>
    public TimeSpan LongestBeat => Length / 4;

    /// <summary>Until when a silo serves clients.</summary>
    /// <param name="asked">When it asked for the last heartbeat that succeeded, in milliseconds.</param>
    public long EndOfService(long asked) => asked + (long)Patience.TotalMilliseconds;

    /// <summary>How long a silo may take from one heartbeat to the next and still judge others: what held it up may have
    /// held them up as well.</summary>
    public TimeSpan LongestPause => Length * 2 / 5;

    /// <summary>By how much later than another silo one may find that the database is back: a heartbeat that nobody answers ends
    /// first, and the next is due.</summary>
    public TimeSpan LongestReturn => Length / 2;
}
