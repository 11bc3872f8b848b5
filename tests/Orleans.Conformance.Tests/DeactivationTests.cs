using Orleans.Conformance.Hosting;
using Orleans.Runtime;

namespace Orleans.Conformance;

public sealed class DeactivationTests(DefaultHost fixture) : IClassFixture<DefaultHost>
{
    private const int MostRejections = 10;

    private Probe Probe => fixture.Host.Probe;

    [Fact]
    public async Task A_grain_that_asks_to_leave_is_told_disposed_and_replaced_at_the_next_call()
    {
        ILeavingGrain grain = Grain("asks");
        Assert.Equal(1, await grain.Life());
        await grain.Leave();
        Assert.Equal(2, await grain.Life());

        Assert.Equal(
            ["activated", "leaves: ApplicationRequested", "left", "disposed", "activated"], Probe.Notes("asks"));
    }

    [Fact]
    public async Task The_request_under_way_is_finished_before_the_grain_leaves()
    {
        ILeavingGrain grain = Grain("busy");
        Task hold = grain.Hold();
        await Probe.NotesAsync("busy", 2);
        await grain.LeaveNow();
        Task<int> life = grain.Life();
        Assert.Equal(["activated", "held"], Probe.Notes("busy"));

        Probe.Open("busy/hold");
        await hold;
        Assert.Equal(2, await life);
        Assert.Equal("leaves: ApplicationRequested", Probe.Notes("busy")[2]);
    }

    [Fact]
    public async Task Calls_that_come_while_a_grain_leaves_are_served_by_the_next_activation_once_it_has_left()
    {
        ILeavingGrain grain = Grain("held");
        await grain.Leave();
        await Probe.NotesAsync("held", 2);
        Task<int>[] calls = [.. Enumerable.Range(0, 10).Select(_ => grain.Life())];
        Assert.Equal(["activated", "leaves: ApplicationRequested"], Probe.Notes("held"));

        Probe.Open("held/leave");
        foreach (Task<int> call in calls) Assert.Equal(2, await call);
        Assert.Equal(
            ["activated", "leaves: ApplicationRequested", "left", "disposed", "activated"], Probe.Notes("held"));
    }

    [Fact]
    public async Task A_grain_that_throws_when_it_leaves_is_gone_all_the_same()
    {
        ILeavingGrain grain = Grain("throws");
        await grain.Leave();

        Assert.Equal(2, await grain.Life());
    }

    [Fact]
    public async Task No_call_is_lost_and_no_two_activations_overlap_while_a_grain_comes_and_goes()
    {
        ILeavingGrain grain = Grain("comes and goes");
        for (int round = 0; round < 50; round++)
        {
            await Task.WhenAll(
                AnsweredAsync(grain.Leave), AnsweredAsync(grain.Life), AnsweredAsync(grain.Life), AnsweredAsync(grain.LeaveNow));
        }

        string[] notes = [.. Probe.Notes("comes and goes").Where(static note => note is "activated" or "disposed")];
        Assert.All(notes.Index(), static one => Assert.Equal(one.Index % 2 == 0 ? "activated" : "disposed", one.Item));
    }

    // Orleans passes a call on to the next activation only so often, and then says that it was not served.
    private static Task AnsweredAsync(Func<Task> call) => Task.Run(async () =>
    {
        for (int rejections = 0; ; rejections++)
        {
            try
            {
                await call();
                return;
            }
            catch (OrleansMessageRejectionException) when (rejections < MostRejections)
            {
            }
        }
    });

    private ILeavingGrain Grain(string key) => fixture.Host.Grains.GetGrain<ILeavingGrain>(key);
}
