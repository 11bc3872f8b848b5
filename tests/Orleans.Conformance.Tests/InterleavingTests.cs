using Orleans.Conformance.Hosting;

namespace Orleans.Conformance;

public sealed class InterleavingTests(DefaultHost fixture) : IClassFixture<DefaultHost>
{
    private IGrainFactory Grains => fixture.Host.Grains;

    private Probe Probe => fixture.Host.Probe;

    [Fact]
    public async Task Requests_to_a_reentrant_grain_interleave()
    {
        IReentrantGrain grain = Grains.GetGrain<IReentrantGrain>("reentrant");
        Task first = grain.Hold("first");
        await Probe.NotesAsync("reentrant", 1);
        Task second = grain.Hold("second");
        await Probe.NotesAsync("reentrant", 2);
        await grain.Note("third");
        Probe.Open("reentrant/second");
        await second;
        Probe.Open("reentrant/first");
        await first;

        Assert.Equal(
            ["first starts", "second starts", "third", "second ends", "first ends"], Probe.Notes("reentrant"));
    }

    [Fact]
    public async Task A_method_that_always_interleaves_runs_while_others_are_under_way()
    {
        IQueueGrain grain = Grains.GetGrain<IQueueGrain>("always");
        Task first = grain.Hold("first");
        await Probe.NotesAsync("always", 1);
        Task passing = grain.HoldInterleaving("passing");
        await Probe.NotesAsync("always", 2);
        Probe.Open("always/passing");
        await passing;
        Probe.Open("always/first");
        await first;

        Assert.Equal(["first starts", "passing starts", "passing ends", "first ends"], Probe.Notes("always"));
    }

    [Fact]
    public async Task Others_run_while_a_method_that_always_interleaves_is_under_way()
    {
        IQueueGrain grain = Grains.GetGrain<IQueueGrain>("behind");
        Task passing = grain.HoldInterleaving("passing");
        await Probe.NotesAsync("behind", 1);
        await grain.Note("second");
        Probe.Open("behind/passing");
        await passing;

        Assert.Equal(["passing starts", "second", "passing ends"], Probe.Notes("behind"));
    }

    [Fact]
    public async Task Reading_interleaves_with_reading()
    {
        IQueueGrain grain = Grains.GetGrain<IQueueGrain>("readers");
        Task first = grain.HoldReading("first");
        await Probe.NotesAsync("readers", 1);
        await grain.NoteReading("second");
        Probe.Open("readers/first");
        await first;

        Assert.Equal(["first starts", "second", "first ends"], Probe.Notes("readers"));
    }

    [Fact]
    public async Task Reading_waits_for_what_is_not_reading()
    {
        IQueueGrain grain = Grains.GetGrain<IQueueGrain>("writer first");
        Task writing = grain.Hold("writing");
        await Probe.NotesAsync("writer first", 1);
        Task reading = grain.NoteReading("reading");
        await grain.Pass();
        Assert.Equal(["writing starts"], Probe.Notes("writer first"));

        Probe.Open("writer first/writing");
        await writing;
        await reading;
        Assert.Equal(["writing starts", "writing ends", "reading"], Probe.Notes("writer first"));
    }

    [Fact]
    public async Task What_is_not_reading_waits_for_reading()
    {
        IQueueGrain grain = Grains.GetGrain<IQueueGrain>("reader first");
        Task reading = grain.HoldReading("reading");
        await Probe.NotesAsync("reader first", 1);
        Task writing = grain.Note("writing");
        await grain.Pass();
        Assert.Equal(["reading starts"], Probe.Notes("reader first"));

        Probe.Open("reader first/reading");
        await reading;
        await writing;
        Assert.Equal(["reading starts", "reading ends", "writing"], Probe.Notes("reader first"));
    }
}
