using Orleans.Conformance.Hosting;

namespace Orleans.Conformance;

public sealed class ActivationTests(DefaultHost fixture) : IClassFixture<DefaultHost>
{
    private IGrainFactory Grains => fixture.Host.Grains;

    private Probe Probe => fixture.Host.Probe;

    [Fact]
    public async Task A_grain_is_activated_by_the_first_call_and_not_before()
    {
        IActivationGrain grain = Grains.GetGrain<IActivationGrain>("first");
        Assert.Empty(Probe.Notes("first"));

        await grain.Hit();
        await grain.Hit();

        Assert.Equal(["constructed", "activating", "activated", "hit", "hit"], Probe.Notes("first"));
    }

    [Fact]
    public async Task Concurrent_first_calls_make_one_activation()
    {
        for (int round = 0; round < 20; round++)
        {
            string key = $"race-{round}";
            int[] hits = await Task.WhenAll(Enumerable.Range(0, 50).Select(
                _ => Task.Run(() => Grains.GetGrain<IActivationGrain>(key).Hit())));

            Assert.Equal(Enumerable.Range(1, 50), hits.Order());
            Assert.Single(Probe.Notes(key), "constructed");
        }
    }

    [Fact]
    public async Task Calls_wait_until_the_grain_has_been_activated()
    {
        Task<int> first = Grains.GetGrain<IActivationGrain>("held").Hit();
        await Probe.NotesAsync("held", 2);
        Task<int> second = Grains.GetGrain<IActivationGrain>("held").Hit();
        Probe.Open("held");

        Assert.Equal(1, await first);
        Assert.Equal(2, await second);
        Assert.Equal(["constructed", "activating", "activated", "hit", "hit"], Probe.Notes("held"));
    }

    [Fact]
    public async Task A_failed_activation_fails_the_calls_that_wait_for_it_and_only_those()
    {
        IFailingGrain grain = Grains.GetGrain<IFailingGrain>("failing");
        Task<string> first = grain.Call();
        Task<string> second = grain.Call();
        await Probe.NotesAsync("failing", 1);
        Probe.Open("failing");

        Assert.Equal("cannot activate", (await Assert.ThrowsAsync<InvalidDataException>(() => first)).Message);
        await Assert.ThrowsAsync<InvalidDataException>(() => second);
        Assert.Equal("served", await grain.Call());
        Assert.Empty(Probe.Notes("failing/left"));
    }

    [Fact]
    public async Task A_constructor_that_throws_fails_the_call()
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(
            () => Grains.GetGrain<IBrokenConstructorGrain>("broken").Call());

        Assert.Equal("cannot be constructed", Assert.IsType<InvalidDataException>(failure.InnerException).Message);
    }

    [Fact]
    public async Task Each_activation_has_a_scope_of_services_that_ends_with_it()
    {
        IInjectedGrain one = Grains.GetGrain<IInjectedGrain>("scope-1");
        IInjectedGrain other = Grains.GetGrain<IInjectedGrain>("scope-2");
        Assert.True(await one.ScopeIsShared("scope-1"));
        Assert.True(await other.ScopeIsShared("scope-2"));
        ScopedService scoped = InjectedGrain.Seen["scope-1"];
        Assert.NotSame(scoped, InjectedGrain.Seen["scope-2"]);

        await one.Leave();
        Assert.True(await one.ScopeIsShared("scope-1"));

        Assert.Equal(["left"], Probe.Notes("scope-1"));
        Assert.NotSame(scoped, InjectedGrain.Seen["scope-1"]);
        Assert.True(scoped.IsDisposed);
        Assert.False(InjectedGrain.Seen["scope-2"].IsDisposed);
    }
}
