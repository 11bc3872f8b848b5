using Orleans.Conformance.Hosting;
using Orleans.Runtime;

namespace Orleans.Conformance;

public sealed class OverloadTests
{
    private const int Limit = 5;

    [Fact]
    public async Task A_grain_with_too_many_requests_refuses_more_and_serves_those_it_has()
    {
        await using GrainHost host = await GrainHost.StartAsync(new GrainHostSettings { MaxEnqueuedRequests = Limit });
        IQueueGrain grain = host.Grains.GetGrain<IQueueGrain>("overload");
        Task held = grain.Hold("held");
        await host.Probe.NotesAsync("overload", 1);
        Task[] waiting = [.. Enumerable.Range(0, Limit).Select(number => grain.Note($"{number}"))];

        await Assert.ThrowsAsync<LimitExceededException>(() => grain.Note("refused"));

        host.Probe.Open("overload/held");
        await held;
        await Task.WhenAll(waiting);
        await grain.Note("accepted");
        Assert.Equal(
            [.. Enumerable.Range(0, Limit).Select(number => $"{number}"), "accepted"],
            host.Probe.Notes("overload").Skip(2));
    }
}
