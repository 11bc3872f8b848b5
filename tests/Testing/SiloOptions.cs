using System.Net;

namespace Coordination.Testing;

/// <summary>How a <see cref="SiloProcess"/> is started.</summary>
public sealed record SiloOptions
{
    /// <summary>The executable to run, which takes the silo's arguments; null for the <see cref="SiloExecutable"/>.</summary>
    public string? Command { get; init; }

    /// <summary>What it is at its first start.</summary>
    public SiloVersion Version { get; init; } = SiloVersion.Current;

    /// <summary>The network namespace that it runs in, made by the test; null for the test's own.</summary>
    public string? NetworkNamespace { get; init; }

    /// <summary>The address that clients reach it at.</summary>
    public IPAddress ClientAddress { get; init; } = IPAddress.Loopback;

    /// <summary>The tick, of which session timeouts are 2 to 20; null for the server's default.</summary>
    public TimeSpan? TickTime { get; init; }

    /// <summary>The data folder; null for a temporary one, which goes with the process.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>Added to the environment that the test runs in.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Added to the command line.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>How long the server may take until it serves a session.</summary>
    public TimeSpan ReadyWithin { get; init; } = TimeSpan.FromSeconds(90);
}
