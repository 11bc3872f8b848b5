using Coordination.Scheduler.Configuration;
using Coordination.Scheduler.Coordinating;
using Coordination.Scheduler.Results;
using Coordination.Scheduler.Tests.Running;
using Coordination.Testing;
using Microsoft.Extensions.Options;

namespace Coordination.Scheduler.Tests;

/// <summary>The database takes what comes under the newest token, and nothing else.</summary>
public sealed class ResultStoreTests : IDisposable
{
    private static readonly RunProgress _all = new(4, 4, 2, 8);

    private readonly TemporaryDirectory _folder = new();
    private readonly ManualTimeProvider _time = new();
    private readonly ScheduledRun _run = new("hourly", 3_600_000);

    [Fact]
    public async Task An_older_token_is_refused_whatever_it_writes()
    {
        var (early, late) = (Store("early"), Store("late"));
        Assert.Equal(RunPermission.Granted, await early.BeginAsync(_run, 5, default));
        Assert.Equal(RunPermission.Granted, await late.BeginAsync(_run, 9, default));
        Assert.False(await early.ReportAsync(_run, 5, _all, default));
        Assert.Null(await early.EndAsync(_run, 5, AttemptOutcome.Completed, _all, 3, default));
        Assert.Null(await early.CleanAsync(_run, 5, _time.GetUtcNow(), default));
        Assert.Equal(RunPermission.Refused, await early.BeginAsync(_run, 5, default));
        var run = Assert.Single(Reader.Runs());
        Assert.Equal(("running", 9, "late", 0), (run.State, run.Token, run.Node, run.Done));

        Assert.Equal("completed", await late.EndAsync(_run, 9, AttemptOutcome.Completed, _all, 3, default));
        Assert.Equal(
            ["report", "completed", "clean", "begin"],
            Reader.Refusals().Where(static refusal => refusal is { Token: 5, NewestToken: 9, Node: "early" })
                .Select(static refusal => refusal.What));
        Assert.Equal(["refused", "completed"], Reader.Attempts().Select(static attempt => attempt.Outcome));
    }

    [Fact]
    public async Task The_fence_is_the_jobs_and_not_the_runs()
    {
        var store = Store("one");
        var next = _run with { Tick = 7_200_000 };
        Assert.Equal(RunPermission.Granted, await store.BeginAsync(_run, 5, default));
        Assert.Equal(RunPermission.Granted, await store.BeginAsync(next, 7, default));
        Assert.Null(await store.EndAsync(_run, 5, AttemptOutcome.Completed, _all, 3, default));
        Assert.Equal(RunPermission.Granted, await store.BeginAsync(new ScheduledRun("daily", 0), 1, default));
    }

    [Fact]
    public async Task A_run_that_is_done_is_not_begun_again()
    {
        var store = Store("one");
        await store.BeginAsync(_run, 5, default);
        await store.EndAsync(_run, 5, AttemptOutcome.Completed, _all, 3, default);
        Assert.Equal(RunPermission.Finished, await store.BeginAsync(_run, 6, default));
        var run = Assert.Single(Reader.Runs());
        Assert.Equal(("completed", 5, 1, 4), (run.State, run.Token, run.Attempts, run.Done));
    }

    [Fact]
    public async Task A_run_that_fails_often_enough_is_given_up()
    {
        var store = Store("one");
        for (long token = 1; token <= 4; token++)
        {
            Assert.Equal(RunPermission.Granted, await store.BeginAsync(_run, token, default));
            // What was abandoned has not failed.
            var outcome = token == 2 ? AttemptOutcome.Abandoned : AttemptOutcome.TimedOut;
            Assert.Equal(token == 4 ? "failed" : "waiting", await store.EndAsync(_run, token, outcome, default, 3, default));
        }
        Assert.Equal(RunPermission.Finished, await store.BeginAsync(_run, 5, default));
    }

    [Fact]
    public async Task Cleaning_removes_what_is_old_and_finished()
    {
        var store = Store("one");
        await store.BeginAsync(_run, 1, default);
        await store.EndAsync(_run, 1, AttemptOutcome.Completed, _all, 3, default);
        var unfinished = _run with { Tick = 1 };
        await store.BeginAsync(unfinished, 2, default);
        _time.Advance(TimeSpan.FromDays(2));
        var young = _run with { Tick = 2 };
        await store.BeginAsync(young, 3, default);
        await store.EndAsync(young, 3, AttemptOutcome.Completed, _all, 3, default);

        var clean = new ScheduledRun(CleanOptions.Job, 0);
        await store.BeginAsync(clean, 4, default);
        Assert.Equal(1, await store.CleanAsync(clean, 4, _time.GetUtcNow() - TimeSpan.FromDays(1), default));
        Assert.Equal(
            [("hourly", 1L, "running"), ("hourly", 2L, "completed"), (CleanOptions.Job, 0L, "completed")],
            Reader.Runs().OrderByDescending(static run => run.Job).Select(static run => (run.Job, run.Tick, run.State)));
        Assert.Equal([2, 3, 4], Reader.Attempts().Select(static attempt => attempt.Token));
    }

    public void Dispose() => _folder.Dispose();

    private ResultReader Reader => new(ResultStore.FileIn(_folder.Path));

    private ResultStore Store(string node) =>
        new(Options.Create(new SchedulerOptions { Folder = _folder.Path, Node = node }), _time);
}
