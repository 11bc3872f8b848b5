using System.Globalization;

namespace Coordination.Differential.Tests;

/// <summary>What the environment says of how long and from which seed on.</summary>
/// <param name="FirstSeed">The seed of the first sequence; each later one has the next.</param>
/// <param name="Duration">How long sequences are played; null for one sequence only.</param>
internal sealed record DifferentialSettings(int FirstSeed, TimeSpan? Duration)
{
    public const string SecondsVariable = "COORDINATION_DIFFERENTIAL_SECONDS";
    public const string SeedVariable = "COORDINATION_DIFFERENTIAL_SEED";

    // With the starts of both servers, less than a minute.
    private static readonly TimeSpan s_ordinary = TimeSpan.FromSeconds(30);

    /// <summary>Without either, a change is judged by the same sequences as the one before it; whoever asks for a time has others.
    /// A seed alone asks for its one sequence.</summary>
    public static DifferentialSettings FromEnvironment()
    {
        int? seconds = Number(SecondsVariable);
        int? seed = Number(SeedVariable);
        return new DifferentialSettings(
            seed ?? (seconds is null ? 1 : Random.Shared.Next(1_000_000_000)),
            seconds is { } given ? TimeSpan.FromSeconds(given) : seed is null ? s_ordinary : null);
    }

    private static int? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : null;
}
