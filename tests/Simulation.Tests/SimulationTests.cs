using System.Diagnostics;
using System.Text;
using Coordination.Simulation.Tests.Checking;
using Coordination.Simulation.Tests.Faults;
using Xunit.Abstractions;

namespace Coordination.Simulation.Tests;

/// <summary>Silos, their log and their clients in virtual time, by seed: whatever goes wrong, what is promised holds.</summary>
/// <remarks>COORDINATION_SIMULATION_SECONDS says how long; COORDINATION_SIMULATION_SEED, alone, repeats one run;
/// COORDINATION_SIMULATION_TRACE names a file for the whole trace of a failing one.</remarks>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private const int MostTraceLines = 60;

    private static readonly TimeSpan _longestShrinking = TimeSpan.FromSeconds(20);

    [Fact]
    public void WhateverGoesWrongThePromisesHold()
    {
        var settings = SimulationSettings.FromEnvironment();
        var started = Stopwatch.StartNew();
        var seen = new SeenCounts();
        var simulated = TimeSpan.Zero;
        long steps = 0;
        int runs = 0;
        do
        {
            var run = SimulationRun.Of(settings.FirstSeed + runs);
            var outcome = run.Play();
            runs++;
            seen.Add(outcome.Seen);
            simulated += outcome.Length;
            steps += outcome.Steps;
            if (outcome.Failure is not null)
                Assert.Fail(Describe(run, outcome, settings));
        }
        while (started.Elapsed < settings.Duration);
        output.WriteLine(
            $"{runs} runs from seed {settings.FirstSeed} on, {simulated.TotalHours:0.00} h "
            + $"in {started.Elapsed.TotalSeconds:0} s, {steps} steps");
        output.WriteLine($"{seen}");
    }

    private static string Describe(SimulationRun run, SimulationOutcome outcome, SimulationSettings settings)
    {
        var (shrunk, shortest) = Shrinker.Shrink(run, outcome, _longestShrinking);
        if (settings.TraceFile is { } file)
            File.WriteAllLines(file, shortest.Trace);
        var text = new StringBuilder();
        text.AppendLine($"{outcome.Failure!.Message}\n\nWith less going wrong: {shortest.Failure!.Message}\n");
        text.AppendLine($"{shrunk.Shape}\n");
        foreach (var fault in shrunk.Faults)
            text.AppendLine($"  {fault}");
        text.AppendLine("\nIts last lines:");
        foreach (string line in shortest.Trace.TakeLast(MostTraceLines))
            text.AppendLine(line);
        text.AppendLine(
            $"\nTo repeat it: {SimulationSettings.SeedVariable}={run.Seed} {SimulationSettings.TraceVariable}=trace.txt "
            + "dotnet test -c Release tests/Simulation.Tests");
        return text.ToString();
    }
}
