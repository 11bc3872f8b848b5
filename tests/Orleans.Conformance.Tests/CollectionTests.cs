using System.Diagnostics;
using Orleans.Conformance.Hosting;

namespace Orleans.Conformance;

/// <summary>
/// Grains that are idle are deactivated. Each test has its own host, since time passes for all its grains.
/// </summary>
public sealed class CollectionTests
{
    private static readonly TimeSpan Quantum = TimeSpan.FromSeconds(1);
    private static readonly GrainHostSettings Settings = new()
    {
        CollectionAge = TimeSpan.FromSeconds(4),
        CollectionQuantum = Quantum,
    };

    [Fact]
    public async Task An_idle_grain_is_deactivated()
    {
        await using GrainHost host = await GrainHost.StartAsync(Settings);
        ILeavingGrain grain = host.Grains.GetGrain<ILeavingGrain>("idle");
        await grain.Life();
        await PassUntilNotedAsync(host, "idle", 4);

        Assert.Equal(["activated", "leaves: ActivationIdle", "left", "disposed"], host.Probe.Notes("idle"));
        Assert.Equal(2, await grain.Life());
    }

    [Fact]
    public async Task A_grain_that_is_called_is_not_idle()
    {
        await using GrainHost host = await GrainHost.StartAsync(Settings);
        ILeavingGrain grain = host.Grains.GetGrain<ILeavingGrain>("called");
        for (int i = 0; i < 4; i++)
        {
            Assert.Equal(1, await grain.Life());
            await host.PassAsync(2 * Quantum);
        }

        Assert.Equal(1, await grain.Life());
    }

    [Fact]
    public async Task A_grain_with_a_request_under_way_is_not_idle()
    {
        await using GrainHost host = await GrainHost.StartAsync(Settings);
        ILeavingGrain grain = host.Grains.GetGrain<ILeavingGrain>("under way");
        Task hold = grain.Hold();
        await host.Probe.NotesAsync("under way", 2);
        await host.PassAsync(8 * Quantum);
        host.Probe.Open("under way/hold");
        await hold;

        Assert.Equal(1, await grain.Life());
    }

    [Fact]
    public async Task A_grain_that_delays_its_deactivation_stays_for_that_long()
    {
        await using GrainHost host = await GrainHost.StartAsync(Settings);
        await host.Grains.GetGrain<ILeavingGrain>("staying").Stay(10 * Quantum);
        await host.PassAsync(8 * Quantum);
        Assert.Equal(["activated"], host.Probe.Notes("staying"));

        await PassUntilNotedAsync(host, "staying", 4);
    }

    [Fact]
    public async Task A_grain_may_delay_its_deactivation_for_good_and_take_that_back()
    {
        await using GrainHost host = await GrainHost.StartAsync(Settings);
        ILeavingGrain changing = host.Grains.GetGrain<ILeavingGrain>("changing");
        await host.Grains.GetGrain<ILeavingGrain>("for good").Stay(Timeout.InfiniteTimeSpan);
        await changing.Stay(Timeout.InfiniteTimeSpan);
        await changing.Stay(TimeSpan.Zero);

        await PassUntilNotedAsync(host, "changing", 4);
        Assert.Equal(["activated"], host.Probe.Notes("for good"));
    }

    [Fact]
    public async Task A_timer_keeps_its_grain_only_if_told_to()
    {
        await using GrainHost host = await GrainHost.StartAsync(Settings);
        ITimerGrain plain = host.Grains.GetGrain<ITimerGrain>("plain timer");
        ITimerGrain keeping = host.Grains.GetGrain<ITimerGrain>("keeping timer");

        // Now and then a tick may be under way just when idle grains are looked for, but not every time.
        await plain.Start(Quantum / 2, 3 * Quantum);
        await keeping.StartKeepAlive(Quantum / 2, Quantum);
        int ticks = 0;
        await PassUntilNotedAsync(host, "plain timer/left", 1, async () =>
        {
            // The tick may come one round late, if the timer was set again only after time had passed.
            if (await host.Probe.AreNotedAsync("keeping timer", ticks + 1, TimeSpan.FromMilliseconds(200))) ticks++;
        });

        Assert.Equal(["ActivationIdle"], host.Probe.Notes("plain timer/left"));
        Assert.Empty(host.Probe.Notes("keeping timer/left"));
    }

    // A grain is idle from a moment after its answer has come, so how much time has to pass is not known exactly.
    private static async Task PassUntilNotedAsync(GrainHost host, string name, int count, Func<Task>? round = null)
    {
        var patience = Stopwatch.StartNew();
        while (host.Probe.Notes(name).Length < count && patience.Elapsed < TimeSpan.FromSeconds(60))
        {
            await host.PassAsync(Quantum);
            await (round?.Invoke() ?? Task.CompletedTask);
            await Task.Delay(TimeSpan.FromMilliseconds(1));
        }

        await host.Probe.NotesAsync(name, count);
    }
}
