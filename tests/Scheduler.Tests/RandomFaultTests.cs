using System.Globalization;
using Coordination.Scheduler.Configuration;
using Coordination.Scheduler.Tests.Faults;
using Coordination.Scheduler.Tests.Running;
using Xunit.Abstractions;

namespace Coordination.Scheduler.Tests;

/// <summary>Whoever is killed or frozen, each tick of each schedule is carried out, and none twice.</summary>
/// <remarks>COORDINATION_SCHEDULER_SECONDS has it go on for longer, and COORDINATION_SCHEDULER_SEED do the same as
/// before.</remarks>
public sealed class RandomFaultTests(ITestOutputHelper output)
{
    private static readonly Dictionary<string, int> _periods = new(StringComparer.Ordinal)
    {
        ["quick"] = 1, ["steady"] = 2, ["long"] = 4, [CleanOptions.Job] = 3,
    };

    [Fact]
    public async Task Every_tick_runs_to_completion_once()
    {
        int seed = Read("COORDINATION_SCHEDULER_SEED", Random.Shared.Next());
        var duration = TimeSpan.FromSeconds(Read("COORDINATION_SCHEDULER_SECONDS", 25));
        output.WriteLine($"seed {seed}, {duration.TotalSeconds:0} s of faults");
        await using var cluster = await SchedulerCluster.StartAsync(3, Settings());
        await cluster.EventuallyAsync("somebody leads", cluster.LeaderAsync);
        var injector = new FaultInjector(cluster, new Random(seed));
        await injector.RunAsync(duration);
        await CheckAsync(cluster, injector);
    }

    [Fact]
    public async Task Every_tick_runs_to_completion_once_whichever_silo_dies()
    {
        int seed = Read("COORDINATION_SCHEDULER_SEED", Random.Shared.Next());
        output.WriteLine($"seed {seed}");
        await using var cluster = await SchedulerCluster.StartAsync(3, Settings(), await ThreeSilos.StartAsync());
        await cluster.EventuallyAsync("somebody leads", cluster.LeaderAsync);
        var injector = new FaultInjector(cluster, new Random(seed));
        for (int silo = 0; silo < 3; silo++)
        {
            await injector.KillSiloAsync();
            await injector.RunAsync(TimeSpan.FromSeconds(4));
        }
        await CheckAsync(cluster, injector);
    }

    private async Task CheckAsync(SchedulerCluster cluster, FaultInjector injector)
    {
        foreach (var (job, period) in _periods)
            await CheckTicksAsync(cluster, job, period);
        CheckAttempts(cluster.Results);

        var results = cluster.Results;
        output.WriteLine(Summary(injector, results));
        var takeovers = new Takeovers(injector.Faults, results.Terms(), results.Attempts());
        output.WriteLine($"{takeovers}");
        foreach (var node in cluster.Nodes)
            node.CheckRuns();
    }

    private static ClusterSettings Settings() => new()
    {
        Clean = new CleanOptions { Cron = Cron(_periods[CleanOptions.Job]), Seconds = 0.2 },
        Jobs = new JobCatalogue
        {
            ["quick"] = new JobOptions { Cron = Cron(_periods["quick"]), Batches = 1, BatchSeconds = 0.1, TimeoutSeconds = 600 },
            ["steady"] = new JobOptions { Cron = Cron(_periods["steady"]), Batches = 4, BatchSeconds = 0.3, TimeoutSeconds = 600 },
            ["long"] = new JobOptions { Cron = Cron(_periods["long"]), Batches = 16, BatchSeconds = 0.25, TimeoutSeconds = 600 },
        },
    };

    private static string Cron(int period) => $"0/{period} * * * * ?";

    /// <summary>What ran is what the calendar says, by arithmetic: each multiple of the period.</summary>
    private static async Task CheckTicksAsync(SchedulerCluster cluster, string job, int period)
    {
        long now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var cursor = await cluster.EventuallyAsync(
            $"{job} is triggered up to now",
            async () => await cluster.CursorAsync(job) is { } known && known.Last >= now - (period * 1000) ? known : null);
        var expected = Ticks(cursor.Since, cursor.Last, period * 1000).ToList();
        Assert.NotEmpty(expected);
        var runs = await cluster.EventuallyAsync($"all runs of {job} are done", () =>
        {
            var done = cluster.Results.Runs().Where(run => run.Job == job && run.Tick <= cursor.Last).ToList();
            return Task.FromResult(done.Count(static run => run.State == "completed") >= expected.Count ? done : null);
        });
        Assert.Equal(expected, runs.Select(static run => run.Tick).Order());
        Assert.All(runs, static run => Assert.Equal("completed", run.State));
    }

    private static IEnumerable<long> Ticks(long since, long last, long period)
    {
        for (long tick = (since / period * period) + period; tick <= last; tick += period)
            yield return tick;
    }

    private static void CheckAttempts(ResultReader results)
    {
        // The attempts first: what is completed between the two is then in the runs at least.
        var attempts = results.Attempts();
        var runs = results.Runs().ToDictionary(static run => (run.Job, run.Tick));
        foreach (var completed in attempts.Where(static attempt => attempt.Outcome == "completed")
            .GroupBy(static attempt => (attempt.Job, attempt.Tick)))
        {
            var only = Assert.Single(completed);
            Assert.Equal(only.Token, runs[completed.Key].Token);
            Assert.DoesNotContain(attempts, attempt => (attempt.Job, attempt.Tick) == completed.Key && attempt.Token > only.Token);
            // Nobody else had begun a run of that job, under a later lock, before this one was completed.
            Assert.DoesNotContain(attempts, attempt =>
                attempt.Job == only.Job && attempt.Token > only.Token && attempt.StartedAt < only.EndedAt);
        }
        Assert.All(results.Refusals(), static refusal => Assert.True(refusal.Token < refusal.NewestToken));
    }

    private static string Summary(FaultInjector injector, ResultReader results)
    {
        var attempts = results.Attempts();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{injector.Faults.Count(static fault => fault.Kind == FaultKind.Kill)} kills, ")
            + $"{injector.Faults.Count(static fault => fault.Kind == FaultKind.Freeze)} freezes, "
            + $"{injector.Faults.Count(static fault => fault.Kind == FaultKind.Terminate)} terminations of nodes, "
            + $"{injector.SiloKills} kills of the silo; "
            + $"{attempts.Count(static attempt => attempt.Outcome == "completed")} runs completed in {attempts.Count} attempts, "
            + $"{results.Refusals().Count} late writes refused, {results.Terms().Count} terms";
    }

    private static int Read(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out int value) ? value : otherwise;
}
