using Coordination.Scheduler.Configuration;
using Coordination.Scheduler.Coordinating;
using Coordination.Scheduler.Tests.Running;

namespace Coordination.Scheduler.Tests;

/// <summary>Quotas and time limits are changed while runs are worked on, and count for these.</summary>
public sealed class LiveChangeTests
{
    // It begins soon; later ticks wait for the run of the first.
    private static readonly string _once = "0/10 * * * * ?";

    [Fact]
    public async Task A_run_that_is_worked_on_has_its_new_quota_and_its_new_time_limit()
    {
        await using var cluster = await SchedulerCluster.StartAsync(2, new ClusterSettings
        {
            // Whoever begins to lead at a tick gives some jobs theirs, and others none before the next: by then two runs each of those
            // that came first may be held.
            Slots = 8,
            Jobs = new JobCatalogue
            {
                ["wide"] = new JobOptions { Cron = _once, Batches = 1000, BatchSeconds = 0.2, TimeoutSeconds = 3600 },
                ["big"] = new JobOptions { Cron = _once, Batches = 3, BatchMegabytes = 4, TimeoutSeconds = 3600 },
                ["endless"] = new JobOptions { Cron = _once, BatchSeconds = 86_400, TimeoutSeconds = 3600, MaxFailures = 1 },
            },
        });
        await cluster.SetQuotaAsync("wide", new Quota(1, 1024));
        await cluster.SetQuotaAsync("big", new Quota(8, 2));

        var narrow = await RunningAsync(cluster, "wide", static run => run.Done > 1);
        Assert.Equal(1, narrow.PeakParallel);
        await cluster.SetQuotaAsync("wide", new Quota(6, 1024));
        var wide = await RunningAsync(cluster, "wide", run => run.PeakParallel >= 6 && run.Done > narrow.Done + 6);
        Assert.Equal(narrow.Token, wide.Token);
        Assert.Equal(6, wide.PeakParallel);

        // Its batches do not fit into the memory, and wait for more of it.
        var waiting = await RunningAsync(cluster, "big", static run => run.Total > 0);
        Assert.Equal(0, waiting.Done);
        await cluster.SetQuotaAsync("big", new Quota(8, 8));
        var done = await cluster.RunAsync("the run is done", run => IsSame(run, waiting) && run.State == "completed");
        Assert.Equal((waiting.Token, 8), (done.Token, done.PeakMegabytes));

        var endless = await RunningAsync(cluster, "endless", static run => run.Total > 0);
        await cluster.ConfigureAsync("jobs/endless/timeoutSeconds", "nonsense");
        await cluster.ConfigureAsync("jobs/endless/timeoutSeconds", "0.5");
        var ended = await cluster.RunAsync("the run is ended", run => IsSame(run, endless) && run.State == "failed");
        Assert.Equal((endless.Token, 1, 1), (ended.Token, ended.Attempts, ended.Failures));
        Assert.Contains(
            cluster.Results.Attempts(), attempt => attempt.Token == endless.Token && attempt.Outcome == "timed out");
    }

    private static Task<RunRow> RunningAsync(SchedulerCluster cluster, string job, Func<RunRow, bool> isIt) =>
        cluster.RunAsync($"a run of {job} is worked on", run => run.Job == job && run.State == "running" && isIt(run));

    private static bool IsSame(RunRow one, RunRow other) => (one.Job, one.Tick) == (other.Job, other.Tick);
}
