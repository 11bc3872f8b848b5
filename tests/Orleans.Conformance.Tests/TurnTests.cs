using Orleans.Conformance.Hosting;

namespace Orleans.Conformance;

public sealed class TurnTests(DefaultHost fixture) : IClassFixture<DefaultHost>
{
    private IGrainFactory Grains => fixture.Host.Grains;

    private Probe Probe => fixture.Host.Probe;

    [Fact]
    public async Task A_request_that_awaits_keeps_the_others_waiting()
    {
        IQueueGrain grain = Grains.GetGrain<IQueueGrain>("waiting");
        Task first = grain.Hold("first");
        await Probe.NotesAsync("waiting", 1);
        Task second = grain.Note("second");
        await grain.Pass();
        Assert.Equal(["first starts"], Probe.Notes("waiting"));

        Probe.Open("waiting/first");
        await first;
        await second;

        Assert.Equal(["first starts", "first ends", "second"], Probe.Notes("waiting"));
    }

    [Fact]
    public async Task Requests_are_served_in_the_order_they_came()
    {
        IQueueGrain grain = Grains.GetGrain<IQueueGrain>("order");
        Task held = grain.Hold("held");
        await Probe.NotesAsync("order", 1);
        Task[] calls = [.. Enumerable.Range(0, 200).Select(number => grain.Note($"{number}"))];
        Probe.Open("order/held");
        await held;
        await Task.WhenAll(calls);

        Assert.Equal(Enumerable.Range(0, 200).Select(number => $"{number}"), Probe.Notes("order").Skip(2));
    }

    [Fact]
    public async Task Awaits_inside_a_grain_resume_on_its_scheduler()
    {
        ISchedulerGrain grain = Grains.GetGrain<ISchedulerGrain>("resume");

        Assert.False(await grain.IsOnDefaultScheduler());
        Assert.Empty(await grain.WhereAwaitsResume());
    }

    [Fact]
    public async Task Tasks_that_a_grain_starts_take_turns_with_each_other() =>
        Assert.Equal(20 * 20, await Grains.GetGrain<ISchedulerGrain>("tasks").CountWithTasks(20));

    [Fact]
    public async Task Even_a_reentrant_grain_runs_one_turn_at_a_time()
    {
        IReentrantGrain grain = Grains.GetGrain<IReentrantGrain>("overlap");
        await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(grain.Overlap)));

        Assert.Equal(0, await grain.Overlaps());
    }

    [Fact]
    public async Task What_flows_with_the_callers_code_does_not_flow_into_a_grain()
    {
        SchedulerGrain.FlowsWithCode.Value = "caller";
        ISchedulerGrain grain = Grains.GetGrain<ISchedulerGrain>("ambient");

        Assert.Null(await grain.Ambient());
        Assert.Null(await grain.Ambient());
        Assert.Equal("caller", SchedulerGrain.FlowsWithCode.Value);
    }

    [Fact]
    public async Task Grains_call_grains() => Assert.Equal(10, await Grains.GetGrain<IQueueGrain>("relay").Relay(10));

    [Fact]
    public async Task A_grain_that_calls_itself_waits_for_itself_until_the_call_times_out()
    {
        IQueueGrain grain = Grains.GetGrain<IQueueGrain>("self");
        Task call = grain.CallSelf();
        await grain.Pass();
        await fixture.Host.PassAsync(TimeSpan.FromSeconds(3));

        await Assert.ThrowsAsync<TimeoutException>(() => call);
        await grain.Nothing();
    }

    [Fact]
    public async Task A_reentrant_grain_may_call_itself() =>
        Assert.Equal(5, await Grains.GetGrain<IReentrantGrain>("self").CallSelf(5));
}
