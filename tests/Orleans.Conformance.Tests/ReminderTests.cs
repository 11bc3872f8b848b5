using Orleans.Conformance.Hosting;
using Orleans.Runtime;

namespace Orleans.Conformance;

public sealed class ReminderTests(DefaultHost fixture) : IClassFixture<DefaultHost>
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private GrainHost Host => fixture.Host;

    private Probe Probe => fixture.Host.Probe;

    [Fact]
    public async Task A_reminder_ticks_when_it_is_due_and_then_after_each_period()
    {
        IReminderGrain grain = Grain("periodic");
        await grain.Register("r", 2 * Second, 3 * Second);
        await Host.PassAsync(Second);
        await grain.Find("r");
        Assert.Empty(Probe.Notes("periodic"));

        await Host.PassAsync(Second);
        Assert.Equal(["r +0s every 3s"], await Probe.NotesAsync("periodic", 1));
        await Host.PassAsync(3 * Second);
        Assert.Equal("r +3s every 3s", (await Probe.NotesAsync("periodic", 2))[1]);
        await grain.Unregister("r");
    }

    [Fact]
    public async Task A_reminder_activates_its_grain()
    {
        IReminderGrain grain = Grain("asleep");
        await grain.Register("r", 2 * Second, 60 * Second);
        await grain.Leave();
        await Probe.NotesAsync("asleep/life", 2);
        await Host.PassAsync(3 * Second);

        Assert.Equal(["r +0s every 60s"], await Probe.NotesAsync("asleep", 1));
        Assert.Equal(["activated", "left", "activated"], Probe.Notes("asleep/life"));
        await grain.Unregister("r");
    }

    [Fact]
    public async Task A_reminder_can_be_found_until_it_is_ended()
    {
        IReminderGrain grain = Grain("found");
        Assert.Null(await grain.Find("r"));
        await grain.Register("r", 60 * Second, 60 * Second);

        Assert.Equal("r", await grain.Find("r"));
        Assert.Null(await grain.Find("other"));
        Assert.Null(await Grain("other grain").Find("r"));
        Assert.True(await grain.Unregister("r"));
        Assert.Null(await grain.Find("r"));
        Assert.False(await grain.Unregister("r"));
    }

    [Fact]
    public async Task A_reminder_that_has_been_ended_ticks_no_more()
    {
        IReminderGrain grain = Grain("ended");
        await grain.Register("r", Second, Second);
        await Host.PassAsync(Second);
        await Probe.NotesAsync("ended", 1);
        await grain.Unregister("r");
        int ticks = Probe.Notes("ended").Length;
        await Host.PassAsync(3 * Second);
        await grain.Find("r");

        Assert.Equal(ticks, Probe.Notes("ended").Length);
    }

    [Fact]
    public async Task Registering_again_replaces_a_reminder()
    {
        IReminderGrain grain = Grain("replaced");
        await grain.Register("r", 2 * Second, 60 * Second);
        await grain.Register("r", 4 * Second, 50 * Second);
        await Host.PassAsync(3 * Second);
        await grain.Find("r");
        Assert.Empty(Probe.Notes("replaced"));

        await Host.PassAsync(2 * Second);
        Assert.Equal(["r +0s every 50s"], await Probe.NotesAsync("replaced", 1));
        await grain.Unregister("r");
    }

    [Fact]
    public async Task A_grain_may_have_several_reminders()
    {
        IReminderGrain grain = Grain("several");
        await grain.Register("a", Second, 60 * Second);
        await grain.Register("b", 3 * Second, 60 * Second);
        await Host.PassAsync(2 * Second);
        await Probe.NotesAsync("several", 1);
        await grain.Unregister("a");
        await Host.PassAsync(2 * Second);

        Assert.Equal(["a +0s every 60s", "b +0s every 60s"], await Probe.NotesAsync("several", 2));
        await grain.Unregister("b");
    }

    [Fact]
    public async Task A_reminder_whose_tick_throws_ticks_again()
    {
        IReminderGrain grain = Grain("failing");
        await grain.Register("fails", Second, Second);
        await Host.PassAsync(Second);
        await Probe.NotesAsync("failing", 1);
        await Host.PassAsync(Second);

        Assert.Equal("fails +1s every 1s", (await Probe.NotesAsync("failing", 2))[1]);
        await grain.Unregister("fails");
    }

    [Fact]
    public async Task What_makes_no_reminder_is_refused()
    {
        IReminderGrain grain = Grain("refused");

        await Assert.ThrowsAsync<ArgumentException>(() => grain.Register("r", Second, Second / 2));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => grain.Register("r", -1 * Second, Second));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => grain.Register("r", Timeout.InfiniteTimeSpan, Second));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => grain.Register(" ", Second, Second));
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => Host.Grains.GetGrain<IUnremindableGrain>("refused").Register());
    }

    [Fact]
    public async Task The_handle_of_a_reminder_is_void_when_it_has_been_registered_anew()
    {
        IReminderGrain grain = Grain("stale");

        await Assert.ThrowsAsync<ReminderException>(() => grain.UnregisterStale("r", 60 * Second));
        Assert.Equal("r", await grain.Find("r"));
        await grain.Unregister("r");
    }

    private IReminderGrain Grain(string key) => Host.Grains.GetGrain<IReminderGrain>(key);
}
