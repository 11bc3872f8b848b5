using Orleans.Concurrency;
using Orleans.Conformance.Hosting;

namespace Orleans.Conformance;

internal interface IResponseGrain : IGrainWithStringKey
{
    Task Throw();

    Task ThrowAtOnce();

    Task<int> Count();

    ValueTask<int> CountByValueTask(bool awaiting);

    ValueTask DoNothing(bool awaiting);

    /// <summary>Counts when its gate opens, however long that takes.</summary>
    [ResponseTimeout("00:00:02")]
    Task<int> CountLate();

    [ResponseTimeout("00:00:02")]
    Task<int> CountInTime();

    [OneWay]
    Task CountOneWay();

    [OneWay]
    Task FailOneWay();

    Task WaitFor(CancellationToken token);

    /// <summary>Counts when its gate opens, cancelled or not.</summary>
    Task<int> CountUnheeding(CancellationToken token);

    [AlwaysInterleave]
    Task Pass();
}

internal sealed class ResponseGrain(Probe probe) : Grain, IResponseGrain
{
    private int _count;

    public async Task Throw()
    {
        await Task.Yield();
        throw new InvalidDataException("thrown later", new FormatException("inner"));
    }

    public Task ThrowAtOnce() => throw new InvalidDataException("thrown at once");

    public Task<int> Count() => Task.FromResult(++_count);

    public async ValueTask<int> CountByValueTask(bool awaiting)
    {
        if (awaiting) await Task.Yield();
        return ++_count;
    }

    public async ValueTask DoNothing(bool awaiting)
    {
        if (awaiting) await Task.Yield();
    }

    public async Task<int> CountLate()
    {
        probe.Note(this.GetPrimaryKeyString(), "counting");
        await probe.Gate(this.GetPrimaryKeyString());
        return ++_count;
    }

    public Task<int> CountInTime() => Count();

    public async Task CountOneWay()
    {
        await probe.Gate(this.GetPrimaryKeyString());
        probe.Note(this.GetPrimaryKeyString(), $"{++_count}");
    }

    public Task FailOneWay() => throw new InvalidDataException("nobody sees this");

    public async Task WaitFor(CancellationToken token)
    {
        string key = this.GetPrimaryKeyString();
        probe.Note(key, "waiting");
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, token);
        }
        catch (OperationCanceledException)
        {
            probe.Note(key, "cancelled");
            throw;
        }
    }

    public Task<int> CountUnheeding(CancellationToken token) => CountLate();

    public Task Pass() => Task.CompletedTask;
}
