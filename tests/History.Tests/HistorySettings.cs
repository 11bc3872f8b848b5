using System.Globalization;

namespace Coordination.History.Tests;

/// <summary>What the environment says of how long and from which seed on.</summary>
/// <param name="FirstSeed">The seed of the first run; each later one has the next.</param>
/// <param name="Duration">How long runs are made; null for one run only.</param>
/// <param name="LongestFault">How long a fault of a cluster may last.</param>
internal sealed record HistorySettings(int FirstSeed, TimeSpan? Duration, TimeSpan LongestFault)
{
    public const string SecondsVariable = "COORDINATION_HISTORY_SECONDS";
    public const string SeedVariable = "COORDINATION_HISTORY_SEED";
    public const string FaultVariable = "COORDINATION_HISTORY_FAULT_SECONDS";

    private const int DefaultLongestFault = 5;

    public static HistorySettings FromEnvironment() => new(
        Number(SeedVariable) ?? Random.Shared.Next(1_000_000_000),
        Number(SecondsVariable) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        TimeSpan.FromSeconds(Number(FaultVariable) ?? DefaultLongestFault));

    private static int? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : null;
}
