using Orleans.Conformance.Hosting;
using Orleans.Runtime;

namespace Orleans.Conformance;

public sealed class StopTests
{
    [Fact]
    public async Task When_the_host_stops_all_grains_leave()
    {
        GrainHost host = await GrainHost.StartAsync();
        for (int i = 0; i < 20; i++) await host.Grains.GetGrain<ILeavingGrain>($"stop {i}").Life();
        await host.StopAsync();

        for (int i = 0; i < 20; i++)
            Assert.Equal(["activated", "leaves: ShuttingDown", "left", "disposed"], host.Probe.Notes($"stop {i}"));
        await host.DisposeAsync();
    }

    [Fact]
    public async Task A_host_that_has_stopped_serves_no_calls()
    {
        GrainHost host = await GrainHost.StartAsync();
        ILeavingGrain grain = host.Grains.GetGrain<ILeavingGrain>("after");
        await grain.Life();
        await host.StopAsync();

        await Assert.ThrowsAnyAsync<OrleansException>(() => grain.Life());
        await host.DisposeAsync();
    }

    [Fact]
    public async Task A_grain_that_cannot_leave_does_not_keep_the_host_from_stopping()
    {
        GrainHost host = await GrainHost.StartAsync(
            new GrainHostSettings { DeactivationTimeout = TimeSpan.FromSeconds(2) });
        await host.Grains.GetGrain<ILeavingGrain>("stuck").Life();
        Task stop = host.StopAsync();
        await host.Probe.NotesAsync("stuck", 2);
        await host.PassAsync(TimeSpan.FromSeconds(3));

        await stop.WaitAsync(TimeSpan.FromSeconds(60));
        await host.DisposeAsync();
    }

    [Fact]
    public async Task The_calls_under_way_are_finished_when_the_host_stops()
    {
        GrainHost host = await GrainHost.StartAsync();
        ILeavingGrain grain = host.Grains.GetGrain<ILeavingGrain>("finished");
        Task hold = grain.Hold();
        await host.Probe.NotesAsync("finished", 2);
        Task stop = host.StopAsync();
        Assert.False(stop.IsCompleted);
        host.Probe.Open("finished/hold");

        await hold;
        await stop;
        await host.DisposeAsync();
    }
}
