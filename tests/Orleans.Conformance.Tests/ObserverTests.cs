using System.Runtime.CompilerServices;
using Orleans.Conformance.Hosting;

namespace Orleans.Conformance;

public sealed class ObserverTests(DefaultHost fixture) : IClassFixture<DefaultHost>
{
    private IGrainFactory Grains => fixture.Host.Grains;

    private Probe Probe => fixture.Host.Probe;

    [Fact]
    public async Task An_observer_hears_everything_in_order()
    {
        ISpeakerGrain speaker = Speaker("order");
        var listener = new Listener(Probe, "order");
        await speaker.Subscribe(Grains.CreateObjectReference<IListener>(listener));
        for (int i = 0; i < 200; i++) await speaker.Say($"{i}");

        Assert.Equal(Enumerable.Range(0, 200).Select(i => $"{i}"), await Probe.NotesAsync("order", 200));
        GC.KeepAlive(listener);
    }

    [Fact]
    public async Task A_grain_does_not_wait_for_an_observer_and_an_observer_hears_one_thing_at_a_time()
    {
        ISpeakerGrain speaker = Speaker("slow");
        var listener = new Listener(Probe, "slow");
        await speaker.Subscribe(Grains.CreateObjectReference<IListener>(listener));
        await speaker.Say("wait");
        await speaker.Say("next");
        await Probe.NotesAsync("slow", 1);

        // Time enough for a runtime that did it wrong to be found out.
        await Task.Delay(TimeSpan.FromMilliseconds(50));
        Probe.Open("slow");
        Assert.Equal(["wait", "has waited", "next"], await Probe.NotesAsync("slow", 3));
        GC.KeepAlive(listener);
    }

    [Fact]
    public async Task An_observer_that_fails_hears_the_next()
    {
        ISpeakerGrain speaker = Speaker("failing");
        var listener = new Listener(Probe, "failing");
        await speaker.Subscribe(Grains.CreateObjectReference<IListener>(listener));
        await speaker.Say("fail");
        await speaker.Say("next");

        Assert.Equal(["fail", "next"], await Probe.NotesAsync("failing", 2));
        GC.KeepAlive(listener);
    }

    [Fact]
    public async Task An_observer_can_be_asked()
    {
        var listener = new Listener(Probe, "asked");
        IListener reference = Grains.CreateObjectReference<IListener>(listener);

        Assert.Equal(8, await Speaker("asking").Ask(reference, 7));
        await Assert.ThrowsAsync<InvalidDataException>(() => Speaker("asking").Ask(reference, -1));
        GC.KeepAlive(listener);
    }

    [Fact]
    public async Task Observers_are_told_apart_by_their_references()
    {
        ISpeakerGrain speaker = Speaker("apart");
        var one = new Listener(Probe, "apart 1");
        var other = new Listener(Probe, "apart 2");
        IListener first = Grains.CreateObjectReference<IListener>(one);
        IListener second = Grains.CreateObjectReference<IListener>(other);
        await speaker.Subscribe(first);
        await speaker.Subscribe(first);
        await speaker.Subscribe(second);
        Assert.Equal(2, await speaker.Count());

        await speaker.Unsubscribe(first);
        await speaker.Say("text");
        Assert.Equal(["text"], await Probe.NotesAsync("apart 2", 1));
        Assert.Empty(Probe.Notes("apart 1"));
        GC.KeepAlive(one);
        GC.KeepAlive(other);
    }

    [Fact]
    public async Task A_deleted_reference_leads_nowhere()
    {
        ISpeakerGrain speaker = Speaker("deleted");
        var listener = new Listener(Probe, "deleted");
        var other = new Listener(Probe, "not deleted");
        IListener reference = Grains.CreateObjectReference<IListener>(listener);
        await speaker.Subscribe(reference);
        await speaker.Subscribe(Grains.CreateObjectReference<IListener>(other));
        Grains.DeleteObjectReference<IListener>(reference);
        await speaker.Say("text");

        await Probe.NotesAsync("not deleted", 1);
        Assert.Empty(Probe.Notes("deleted"));
        Assert.Throws<ArgumentException>(() => Grains.DeleteObjectReference<IListener>(reference));
        GC.KeepAlive(listener);
        GC.KeepAlive(other);
    }

    [Fact]
    public async Task A_reference_does_not_keep_its_object_alive()
    {
        ISpeakerGrain speaker = Speaker("weak");
        (IListener reference, WeakReference listener) = CreateForgotten();
        await speaker.Subscribe(reference);
        for (int i = 0; i < 20 && listener.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(listener.IsAlive);
        await speaker.Say("nobody hears");
        Assert.Empty(Probe.Notes("weak"));
    }

    [Fact]
    public async Task Observers_that_are_not_renewed_expire()
    {
        ISpeakerGrain speaker = Speaker("expiring");
        var listener = new Listener(Probe, "expiring");
        await speaker.Subscribe(Grains.CreateObjectReference<IListener>(listener));
        Assert.Equal(1, await speaker.Count());
        await speaker.Expire();

        Assert.Equal(0, await speaker.Count());
        GC.KeepAlive(listener);
    }

    [Fact]
    public async Task A_grain_can_be_an_observer()
    {
        await Speaker("hearing grain").Hear("speaking grain", "text");

        Assert.Equal(["text"], await Probe.NotesAsync("hearing grain", 1));
    }

    [Fact]
    public async Task An_object_has_to_be_referred_to_by_a_reference() =>
        await Assert.ThrowsAsync<NotSupportedException>(
            async () => await Speaker("plain").Subscribe(new Listener(Probe, "plain")));

    [Fact]
    public void A_reference_has_no_reference()
    {
        var listener = new Listener(Probe, "twice");
        IListener reference = Grains.CreateObjectReference<IListener>(listener);

        Assert.Throws<ArgumentException>(() => Grains.CreateObjectReference<IListener>(reference));
        GC.KeepAlive(listener);
    }

    [Fact]
    public async Task A_grain_cannot_create_a_reference_to_an_object() =>
        Assert.Equal("refused", await Speaker("creating").CreateReference());

    [MethodImpl(MethodImplOptions.NoInlining)]
    private (IListener Reference, WeakReference Listener) CreateForgotten()
    {
        var listener = new Listener(Probe, "weak");
        return (Grains.CreateObjectReference<IListener>(listener), new WeakReference(listener));
    }

    private ISpeakerGrain Speaker(string key) => Grains.GetGrain<ISpeakerGrain>(key);
}
