using System.Globalization;

namespace Coordination.Crash.Tests;

/// <summary>What the environment says about how hard to try.</summary>
internal static class CrashSettings
{
    /// <summary>How often the server is killed.</summary>
    internal static int Kills { get; } = Read("COORDINATION_CRASH_KILLS") ?? 5;

    /// <summary>What all random choices follow from, but for those of the scheduler and the disk.</summary>
    internal static int Seed { get; } = Read("COORDINATION_CRASH_SEED") ?? Random.Shared.Next(1_000_000);

    private static int? Read(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value
        ? int.Parse(value, CultureInfo.InvariantCulture)
        : null;
}
