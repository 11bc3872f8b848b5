using System.Diagnostics;
using Coordination.Differential.Tests.Differences;
using Coordination.Differential.Tests.Generating;
using Coordination.Differential.Tests.Playing;
using Coordination.Differential.Tests.Shrinking;
using Coordination.Testing;
using Xunit.Abstractions;

namespace Coordination.Differential.Tests;

/// <summary>The silo beside Apache ZooKeeper 3.8: both are put the same sequences of requests, and must answer alike.</summary>
/// <remarks>
/// COORDINATION_DIFFERENTIAL_SECONDS says how long; COORDINATION_DIFFERENTIAL_SEED, alone, repeats one sequence.
/// </remarks>
public sealed class DifferentialTests(ITestOutputHelper output)
{
    private const int AtOnce = 8;

    // Roots are not taken away, and each costs both servers some memory.
    private const int MostSequencesPerServers = 20_000;

    private static readonly TimeSpan s_longestShrinking = TimeSpan.FromSeconds(20);

    private readonly WantedDifferences _wanted = new();

    [Fact]
    public async Task The_silo_answers_as_ZooKeeper_does()
    {
        var settings = DifferentialSettings.FromEnvironment();
        var started = Stopwatch.StartNew();
        int count = 0;
        (int Seed, PlayedSequence Played)? failing = null;
        do
        {
            await using var servers = await ServerPair.StartAsync();
            var player = new SequencePlayer(servers, _wanted);
            int most = settings.Duration is null ? 1 : MostSequencesPerServers;
            var run = new SequenceRun(player, seed => new SequenceGenerator(seed).Generate());
            failing = await run.PlayAsync(settings.FirstSeed + count, most, AtOnce, Remaining(settings, started));
            count += run.Played;
            if (failing is { } found)
                failing = (found.Seed, await new Shrinker(player, s_longestShrinking).ShrinkAsync(found.Played));
        }
        while (failing is null && settings.Duration is { } duration && started.Elapsed < duration);

        Report(settings, count, started.Elapsed);
        if (failing is { } difference)
            Assert.Fail(Describe(difference.Seed, difference.Played));
        Assert.True(count > 0, "no sequence was played");
    }

    [Fact]
    public void Every_wanted_difference_is_written_down()
    {
        string documented = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "differences.md"));
        Assert.All(WantedDifferences.Names, name => Assert.Contains($"| {name} |", documented));
    }

    private static TimeSpan Remaining(DifferentialSettings settings, Stopwatch started) =>
        settings.Duration is { } duration ? duration - started.Elapsed : TimeSpan.MaxValue;

    private static string Describe(int seed, PlayedSequence played) =>
        $"{played.Difference}\n\n{played.Transcript()}\nTo repeat the whole of it:\n"
        + $"{DifferentialSettings.SeedVariable}={seed} dotnet test -c Release tests/Differential.Tests\n";

    private void Report(DifferentialSettings settings, int count, TimeSpan elapsed)
    {
        output.WriteLine($"{count} sequences from seed {settings.FirstSeed} on, in {elapsed.TotalSeconds:0} s");
        foreach (var (name, uses) in _wanted.Uses())
            output.WriteLine($"wanted: {name}: {uses}");
    }
}
