using Orleans.Conformance.Hosting;

namespace Orleans.Conformance;

public sealed class TimerTests(DefaultHost fixture) : IClassFixture<DefaultHost>
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Half = TimeSpan.FromSeconds(0.5);

    private Probe Probe => fixture.Host.Probe;

    [Fact]
    public async Task A_timer_ticks_when_it_is_due_and_then_after_each_period()
    {
        ITimerGrain grain = Grain("periodic");
        await grain.Start(2 * Second, Second);
        await PassAsync(grain, Second);
        Assert.Empty(Probe.Notes("periodic"));

        await PassAsync(grain, Second);
        AssertTicks(1, await Probe.NotesAsync("periodic", 1));
        await PassAsync(grain, Second);
        AssertTicks(2, await Probe.NotesAsync("periodic", 2));
        await grain.Stop();
    }

    [Fact]
    public async Task A_timer_without_a_period_ticks_once()
    {
        ITimerGrain grain = Grain("once");
        await grain.Start(Half, Timeout.InfiniteTimeSpan);
        await PassAsync(grain, Second);
        await Probe.NotesAsync("once", 1);
        await PassAsync(grain, 2 * Second);

        Assert.Equal(["tick 1"], Probe.Notes("once"));
    }

    [Fact]
    public async Task A_tick_waits_for_the_request_under_way()
    {
        ITimerGrain grain = Grain("turn");
        await grain.StartHeld(Half, Timeout.InfiniteTimeSpan, interleave: false);
        Probe.Open("turn/tick 1");
        Task call = grain.Hold();
        await Probe.NotesAsync("turn", 1);
        await fixture.Host.PassAsync(Second);
        await grain.PassBy();
        Assert.Equal(["call starts"], Probe.Notes("turn"));

        Probe.Open("turn/call");
        await call;
        Assert.Equal(
            ["call starts", "call ends", "tick 1 starts", "tick 1 ends"], await Probe.NotesAsync("turn", 4));
    }

    [Fact]
    public async Task A_request_waits_for_the_tick_under_way()
    {
        ITimerGrain grain = Grain("tick first");
        await grain.StartHeld(Half, Timeout.InfiniteTimeSpan, interleave: false);
        await fixture.Host.PassAsync(Second);
        await Probe.NotesAsync("tick first", 1);
        Probe.Open("tick first/call");
        Task call = grain.Hold();
        await grain.PassBy();
        Assert.Equal(["tick 1 starts"], Probe.Notes("tick first"));

        Probe.Open("tick first/tick 1");
        await call;
        Assert.Equal(["tick 1 starts", "tick 1 ends", "call starts", "call ends"], Probe.Notes("tick first"));
    }

    [Fact]
    public async Task A_tick_that_may_interleave_does()
    {
        ITimerGrain grain = Grain("interleaving");
        await grain.StartHeld(Half, Timeout.InfiniteTimeSpan, interleave: true);
        Task call = grain.Hold();
        await Probe.NotesAsync("interleaving", 1);
        await fixture.Host.PassAsync(Second);
        await Probe.NotesAsync("interleaving", 2);
        Probe.Open("interleaving/tick 1");
        await Probe.NotesAsync("interleaving", 3);
        Probe.Open("interleaving/call");
        await call;

        Assert.Equal(["call starts", "tick 1 starts", "tick 1 ends", "call ends"], Probe.Notes("interleaving"));
    }

    [Fact]
    public async Task The_period_counts_from_the_end_of_a_tick()
    {
        ITimerGrain grain = Grain("long ticks");
        await grain.StartHeld(Half, 2 * Second, interleave: false);
        await fixture.Host.PassAsync(Second);
        await Probe.NotesAsync("long ticks", 1);
        await fixture.Host.PassAsync(5 * Second);
        Probe.Open("long ticks/tick 1");
        Probe.Open("long ticks/tick 2");
        await PassAsync(grain, Second);
        Assert.Equal(["tick 1 starts", "tick 1 ends"], Probe.Notes("long ticks"));

        await PassAsync(grain, 2 * Second);
        await Probe.NotesAsync("long ticks", 4);
        await grain.Stop();
    }

    [Fact]
    public async Task A_tick_that_throws_does_not_end_the_timer()
    {
        ITimerGrain grain = Grain("throwing");
        await grain.StartFailing(Second, Second);
        await PassAsync(grain, Second);
        await Probe.NotesAsync("throwing", 1);
        await PassAsync(grain, Second);

        Assert.Equal(["tick 1", "tick 2"], await Probe.NotesAsync("throwing", 2));
        await grain.Stop();
    }

    [Fact]
    public async Task A_disposed_timer_ticks_no_more_and_its_token_is_cancelled()
    {
        ITimerGrain grain = Grain("disposed");
        await grain.Start(Second, Second);
        await PassAsync(grain, Second);
        await Probe.NotesAsync("disposed", 1);
        await grain.Stop();
        await PassAsync(grain, 2 * Second);

        Assert.Equal(["tick 1"], Probe.Notes("disposed"));
        Assert.Equal(["disposed"], Probe.Notes("disposed/disposed"));
    }

    [Fact]
    public async Task A_timer_can_be_changed()
    {
        ITimerGrain grain = Grain("changed");
        await grain.Start(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        await PassAsync(grain, Second);
        Assert.Empty(Probe.Notes("changed"));

        await grain.Change(Second, 3 * Second);
        await PassAsync(grain, Second);
        await Probe.NotesAsync("changed", 1);
        await PassAsync(grain, Second);
        Assert.Single(Probe.Notes("changed"));
        await PassAsync(grain, 2 * Second);
        await Probe.NotesAsync("changed", 2);
        await grain.Stop();
    }

    [Fact]
    public async Task A_timer_ends_with_its_activation()
    {
        ITimerGrain grain = Grain("left");
        await grain.Start(Second, Second);
        await PassAsync(grain, Second);
        await Probe.NotesAsync("left", 1);
        await grain.Leave();
        await Probe.NotesAsync("left/left", 1);
        await PassAsync(grain, 2 * Second);

        Assert.Equal(["tick 1"], Probe.Notes("left"));
        Assert.Equal(["disposed"], Probe.Notes("left/disposed"));
    }

    [Fact]
    public async Task Times_out_of_range_are_refused()
    {
        ITimerGrain grain = Grain("range");

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => grain.Start(-2 * Second, Second));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => grain.Start(Second, TimeSpan.FromDays(100)));
    }

    // When the call is done, so is the tick that became due: it came first.
    // Where time goes by as it does, others may be due before anybody looks.
    private static void AssertTicks(int fewest, string[] notes)
    {
        Assert.InRange(notes.Length, fewest, fewest + GrainHost.MostTicksMissed);
        Assert.Equal(Enumerable.Range(1, notes.Length).Select(static tick => $"tick {tick}"), notes);
    }

    private async Task PassAsync(ITimerGrain grain, TimeSpan time)
    {
        await fixture.Host.PassAsync(time);
        await grain.Pass();
    }

    private ITimerGrain Grain(string key) => fixture.Host.Grains.GetGrain<ITimerGrain>(key);
}
