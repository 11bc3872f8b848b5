using System.Globalization;

namespace Coordination.Simulation.Tests;

/// <summary>What the environment says of how long and from which seed on.</summary>
/// <param name="FirstSeed">The seed of the first run; each later one has the next.</param>
/// <param name="Duration">How long runs are begun; null for one run only.</param>
/// <param name="TraceFile">Where the trace of a failing run goes; null for nowhere but its end, which is printed.</param>
internal sealed record SimulationSettings(int FirstSeed, TimeSpan? Duration, string? TraceFile)
{
    public const string SecondsVariable = "COORDINATION_SIMULATION_SECONDS";
    public const string SeedVariable = "COORDINATION_SIMULATION_SEED";
    public const string TraceVariable = "COORDINATION_SIMULATION_TRACE";

    private static readonly TimeSpan _ordinary = TimeSpan.FromSeconds(30);

    /// <summary>Without either, a change is judged by the same runs as the one before it; whoever asks for a time has others.
    /// A seed alone asks for its one run.</summary>
    public static SimulationSettings FromEnvironment()
    {
        int? seconds = Number(SecondsVariable);
        int? seed = Number(SeedVariable);
        return new SimulationSettings(
            seed ?? (seconds is null ? 1 : Random.Shared.Next(1_000_000_000)),
            seconds is { } given ? TimeSpan.FromSeconds(given) : seed is null ? _ordinary : null,
            Environment.GetEnvironmentVariable(TraceVariable));
    }

    private static int? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : null;
}
