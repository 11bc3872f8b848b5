using System.Net;

namespace Coordination.Testing;

/// <summary>How a <see cref="SiloCluster"/> is started.</summary>
public sealed record ClusterOptions
{
    /// <summary>How many silos there are at first.</summary>
    public int Silos { get; init; } = 3;

    /// <summary>The schema that they share.</summary>
    public string Name { get; init; } = "cluster";

    /// <summary>The tick of all silos, of which session timeouts are 2 to 20.</summary>
    public TimeSpan TickTime { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a silo may be silent before the others answer for its sessions.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>What a silo connects to the database by, given its number from 0 on and what leads there directly: for
    /// those that are to go through a <see cref="TcpProxy"/>.</summary>
    public Func<int, string, string> ConnectionString { get; init; } = (_, direct) => direct;

    /// <summary>Added to the command line of a silo, given its number from 0 on.</summary>
    public Func<int, IReadOnlyList<string>> Arguments { get; init; } = _ => [];

    /// <summary>What all silos are at their first start.</summary>
    public SiloVersion Version { get; init; } = SiloVersion.Current;

    /// <summary>Where a silo runs, given its number from 0 on: for those in networks of their own.</summary>
    public Func<int, SiloPlace> Place { get; init; } = _ => new SiloPlace(null, IPAddress.Loopback, IPAddress.Loopback);

    /// <summary>How long a silo may take until it serves a session: many start at once.</summary>
    public TimeSpan ReadyWithin { get; init; } = TimeSpan.FromSeconds(120);
}
