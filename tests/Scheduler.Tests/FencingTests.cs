using Coordination.Scheduler.Configuration;
using Coordination.Scheduler.Tests.Running;

namespace Coordination.Scheduler.Tests;

/// <summary>A worker that was frozen, and wakes when another has its run, cannot overwrite what that one wrote.</summary>
public sealed class FencingTests
{
    [Theory]
    [InlineData("Stop")]
    [InlineData("GoOn")]
    public async Task A_worker_that_wakes_too_late_is_refused(string onLoss)
    {
        await using var cluster = await SchedulerCluster.StartAsync(2, new ClusterSettings
        {
            OnLoss = Enum.Parse<LossPolicy>(onLoss),
            Jobs = new JobCatalogue
            {
                ["long"] = new JobOptions { Cron = "0/4 * * * * ?", Batches = 12, BatchSeconds = 0.3, TimeoutSeconds = 600 },
            },
        });
        var (begun, done) = await FreezeInTheMiddleAsync(cluster);
        var victim = cluster.Node(begun.Node);
        Assert.NotEqual(begun.Node, done.Node);
        Assert.True(done.Token > begun.Token);
        victim.Thaw();

        var refused = await cluster.EventuallyAsync("the late write is refused", () => Task.FromResult(
            cluster.Results.Refusals().FirstOrDefault(refusal =>
                refusal.Token == begun.Token && (onLoss == "Stop" || refusal.What == "completed"))));
        Assert.True(refused.NewestToken > refused.Token);
        var after = cluster.Results.Runs().Single(run => (run.Job, run.Tick) == (begun.Job, begun.Tick));
        Assert.Equal(done, after);
        Assert.Single(cluster.Results.Attempts(), attempt =>
            (attempt.Job, attempt.Tick, attempt.Outcome) == (begun.Job, begun.Tick, "completed"));
    }

    /// <summary>Freezes a worker in the middle of a run, until another has done that.</summary>
    private static async Task<(RunRow Begun, RunRow Done)> FreezeInTheMiddleAsync(SchedulerCluster cluster)
    {
        while (true)
        {
            var begun = await cluster.RunAsync("a run is in the middle", static run => run is { State: "running", Done: > 0 });
            var victim = cluster.Node(begun.Node);
            victim.Freeze();
            // One that is frozen in a transaction keeps everybody from writing: that is SQLite's, and not what is tested.
            if (cluster.Results.CanBeWritten())
            {
                var done = await cluster.RunAsync(
                    "the run is done", run => run is { State: "completed" } && (run.Job, run.Tick) == (begun.Job, begun.Tick));
                // It may have been done just before.
                if (done.Token != begun.Token)
                    return (begun, done);
            }
            victim.Thaw();
        }
    }
}
