using Orleans.Conformance.Hosting;

namespace Orleans.Conformance;

public sealed class ResponseTests(DefaultHost fixture) : IClassFixture<DefaultHost>
{
    private Probe Probe => fixture.Host.Probe;

    [Fact]
    public async Task An_exception_comes_to_the_caller_and_the_grain_goes_on()
    {
        IResponseGrain grain = Grain("throws");

        var thrown = await Assert.ThrowsAsync<InvalidDataException>(grain.Throw);
        Assert.Equal("thrown later", thrown.Message);
        Assert.Equal("inner", Assert.IsType<FormatException>(thrown.InnerException).Message);
        thrown = await Assert.ThrowsAsync<InvalidDataException>(grain.ThrowAtOnce);
        Assert.Equal("thrown at once", thrown.Message);
        Assert.Equal(1, await grain.Count());
        Assert.Equal(2, await grain.Count());
    }

    [Fact]
    public async Task A_failed_call_is_a_failed_task_not_an_exception_at_the_call()
    {
        Task call = Grain("fails").ThrowAtOnce();

        await Assert.ThrowsAsync<InvalidDataException>(() => call);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Value_tasks_serve_as_well_as_tasks(bool awaiting)
    {
        IResponseGrain grain = Grain($"value task {awaiting}");

        await grain.DoNothing(awaiting);
        Assert.Equal(1, await grain.CountByValueTask(awaiting));
        Assert.Equal(2, await grain.CountByValueTask(awaiting));
    }

    [Fact]
    public async Task A_call_times_out_and_the_grain_goes_on_with_it()
    {
        IResponseGrain grain = Grain("late");
        Task<int> late = grain.CountLate();
        await Probe.NotesAsync("late", 1);
        await fixture.Host.PassAsync(TimeSpan.FromSeconds(1));
        Assert.False(late.IsCompleted);

        await fixture.Host.PassAsync(TimeSpan.FromSeconds(2));
        await Assert.ThrowsAsync<TimeoutException>(() => late);

        Probe.Open("late");
        Assert.Equal(2, await grain.Count());
    }

    [Fact]
    public async Task A_call_that_timed_out_while_it_waited_is_not_carried_out()
    {
        IResponseGrain grain = Grain("never");
        Task<int> late = grain.CountLate();
        await Probe.NotesAsync("never", 1);
        Task<int> waiting = grain.CountInTime();
        await grain.Pass();
        await fixture.Host.PassAsync(TimeSpan.FromSeconds(3));
        await Assert.ThrowsAsync<TimeoutException>(() => late);
        await Assert.ThrowsAsync<TimeoutException>(() => waiting);

        Probe.Open("never");
        Assert.Equal(2, await grain.Count());
    }

    [Fact]
    public async Task A_one_way_call_does_not_wait()
    {
        IResponseGrain grain = Grain("one way");
        Task call = grain.CountOneWay();

        await call.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Empty(Probe.Notes("one way"));

        Probe.Open("one way");
        Assert.Equal(["1"], await Probe.NotesAsync("one way", 1));
    }

    [Fact]
    public async Task What_a_one_way_call_throws_is_lost()
    {
        IResponseGrain grain = Grain("one way failing");

        await grain.FailOneWay();
        Assert.Equal(1, await grain.Count());
    }

    [Fact]
    public async Task A_token_that_is_cancelled_already_cancels_the_call_before_it_is_made()
    {
        IResponseGrain grain = Grain("cancelled before");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await grain.WaitFor(new(true)));
        await grain.Count();
        Assert.Empty(Probe.Notes("cancelled before"));
    }

    [Fact]
    public async Task A_token_that_is_cancelled_later_ends_the_callers_wait_and_tells_the_grain()
    {
        IResponseGrain grain = Grain("cancelled");
        using var source = new CancellationTokenSource();
        Task call = grain.WaitFor(source.Token);
        await Probe.NotesAsync("cancelled", 1);
        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal(["waiting", "cancelled"], await Probe.NotesAsync("cancelled", 2));
        Assert.Equal(1, await grain.Count());
    }

    [Fact]
    public async Task A_token_that_is_cancelled_ends_the_callers_wait_even_if_the_grain_takes_no_notice()
    {
        IResponseGrain grain = Grain("unheeding");
        using var source = new CancellationTokenSource();
        Task<int> call = grain.CountUnheeding(source.Token);
        await Probe.NotesAsync("unheeding", 1);
        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Probe.Open("unheeding");
        Assert.Equal(2, await grain.Count());
    }

    private IResponseGrain Grain(string key) => fixture.Host.Grains.GetGrain<IResponseGrain>(key);
}
