using System.Globalization;
using Xunit.Abstractions;

namespace Coordination.Engine.Tests.Checks;

/// <summary>How long the random tests go on, and from which seed.</summary>
/// <remarks>COORDINATION_TEST_EFFORT multiplies the number of runs, which are others each time then;
/// COORDINATION_TEST_SEED repeats a run that failed, whose output names its seed. Without either, a change is judged by the
/// same runs as the one before it.</remarks>
internal static class Effort
{
    private const string EffortVariable = "COORDINATION_TEST_EFFORT";
    private const string SeedVariable = "COORDINATION_TEST_SEED";

    /// <summary>A number of runs, as many times as was asked for.</summary>
    public static int Times(int runs) =>
        Given(EffortVariable) is { } text
            ? (int)Math.Max(1, runs * double.Parse(text, CultureInfo.InvariantCulture))
            : runs;

    /// <summary>The seed to start from, which the test's output names.</summary>
    public static int Seed(ITestOutputHelper output)
    {
        int seed = Given(SeedVariable) is { } text
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : Given(EffortVariable) is null ? 1 : Random.Shared.Next();
        output.WriteLine($"{SeedVariable}={seed}");
        return seed;
    }

    private static string? Given(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? text : null;
}
