using System.Globalization;
using Xunit.Abstractions;

namespace Coordination.Engine.Tests.Checks;

/// <summary>How long the random tests go on, and from which seed.</summary>
/// <remarks>COORDINATION_TEST_EFFORT multiplies the number of runs; COORDINATION_TEST_SEED repeats a run that failed,
/// whose output names its seed.</remarks>
internal static class Effort
{
    private const string EffortVariable = "COORDINATION_TEST_EFFORT";
    private const string SeedVariable = "COORDINATION_TEST_SEED";

    /// <summary>A number of runs, as many times as was asked for.</summary>
    public static int Times(int runs) =>
        Environment.GetEnvironmentVariable(EffortVariable) is { Length: > 0 } text
            ? (int)Math.Max(1, runs * double.Parse(text, CultureInfo.InvariantCulture))
            : runs;

    /// <summary>The seed to start from, which the test's output names.</summary>
    public static int Seed(ITestOutputHelper output)
    {
        int seed = Environment.GetEnvironmentVariable(SeedVariable) is { Length: > 0 } text
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : Random.Shared.Next();
        output.WriteLine($"{SeedVariable}={seed}");
        return seed;
    }
}
