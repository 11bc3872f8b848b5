namespace Coordination.Grains.Sweeping;

/// <summary>How often, and how fast, unused containers and expired znodes are removed.</summary>
public sealed record SweepPace
{
    /// <summary>How long to wait between two sweeps; ZooKeeper's <c>znode.container.checkIntervalMs</c>.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a container that never had a child stays, in whole milliseconds; zero for ever. ZooKeeper's
    /// <c>znode.container.maxNeverUsedIntervalMs</c>.</summary>
    public TimeSpan MostNeverUsed { get; init; } = TimeSpan.Zero;

    /// <summary>How many znodes to remove in a minute at most; ZooKeeper's <c>znode.container.maxPerMinute</c>.</summary>
    public int MostPerMinute { get; init; } = 10_000;
}
