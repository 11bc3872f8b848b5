using System.Globalization;

namespace Coordination.Cluster.Tests;

/// <summary>What the environment says about how hard to try.</summary>
internal static class ClusterSettings
{
    private const int KillsOfAMeasurement = 10;

    /// <summary>How often a silo is killed.</summary>
    internal static int Kills { get; } = Read("COORDINATION_CLUSTER_KILLS") ?? 4;

    /// <summary>Whether so many kills are asked for that what they measure is held to what is promised for them.</summary>
    internal static bool IsMeasured => Read("COORDINATION_CLUSTER_KILLS") >= KillsOfAMeasurement;

    /// <summary>How long the database is away, and a silo paused.</summary>
    internal static TimeSpan Outage { get; } = TimeSpan.FromSeconds(Read("COORDINATION_CLUSTER_OUTAGE_SECONDS") ?? 6);

    /// <summary>How long all silos write at once.</summary>
    internal static TimeSpan Contention { get; } = TimeSpan.FromSeconds(Read("COORDINATION_CLUSTER_SECONDS") ?? 5);

    /// <summary>How long silos work hard while none may be taken for dead.</summary>
    internal static TimeSpan HardWork { get; } = TimeSpan.FromSeconds(Read("COORDINATION_CLUSTER_SECONDS") ?? 20);

    private static int? Read(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value
        ? int.Parse(value, CultureInfo.InvariantCulture)
        : null;
}
