using Coordination.Engine.Requests;
using Coordination.Grains.Tests.Hosting;
using Coordination.Grains.Tests.Logs;
using Coordination.Grains.Writing;
using Coordination.Protocol;

namespace Coordination.Grains.Tests.Writing;

/// <summary>While the log is slow, the pipeline says when it holds enough.</summary>
public sealed class BackPressureTests : IAsyncLifetime
{
    private const int MostRequests = 16 * 1024;
    private const int MostBytes = 64 << 20;
    private const int DataLength = 8 * 1024;

    private readonly FaultyLog _log = new(new MemoryLog());
    private WriterInProcess _writer = null!;

    public async Task InitializeAsync()
    {
        _writer = WriterInProcess.Start(_log);
        await _writer.WriteAsync(Writes.Create("/a"));
        await NothingIsInFlightAsync();
    }

    public async Task DisposeAsync() => await _writer.DisposeAsync();

    [Fact]
    public async Task ThereIsRoomForSoManyRequests()
    {
        var held = _log.Hold();
        var set = Writes.Set("/a", "x");
        for (int i = 0; i < MostRequests - 1; i++)
            _writer.Submit(set);
        Assert.True(_writer.Pipeline.HasRoom);
        Assert.True(_writer.Pipeline.WaitForRoomAsync(default).IsCompleted);

        var last = _writer.Submit(set);
        Assert.False(_writer.Pipeline.HasRoom);
        Assert.Equal(MostRequests, _writer.Pipeline.RequestsInFlight);
        var room = _writer.Pipeline.WaitForRoomAsync(default);
        using var impatient = new CancellationTokenSource();
        var cancelled = _writer.Pipeline.WaitForRoomAsync(impatient.Token);
        await Patience.NotCompletedAsync(room);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);

        held.Release();
        await Patience.WithinAsync(room);
        await Patience.WithinAsync(last.Reply);
        await NothingIsInFlightAsync();
        Assert.True(_writer.Pipeline.HasRoom);
        Assert.Equal(MostRequests + 1, _writer.Completed.Count);
        Assert.All(_writer.Completed, write => Assert.Equal(ErrorCode.Ok, write.Reply.Result.Error));
    }

    [Fact]
    public async Task OneWhoAwaitsItsWriteWaitsForRoomFirst()
    {
        var held = _log.Hold();
        var set = Writes.Set("/a", "x");
        for (int i = 0; i < MostRequests; i++)
            _writer.Submit(set);
        var writer = new SiloWriter(_writer.Pipeline);
        var waiting = Enumerable.Range(0, 100).Select(_ => writer.WriteAsync(Caller.Service, set)).ToArray();
        await Patience.NotCompletedAsync(waiting);
        Assert.Equal(MostRequests, _writer.Pipeline.RequestsInFlight);

        held.Release();
        Assert.All(await Patience.WithinAsync(Task.WhenAll(waiting)), reply => Assert.Equal(ErrorCode.Ok, reply.Error));
    }

    [Fact]
    public async Task ThereIsRoomForSoManyBytesHoweverManyRowsCameBefore()
    {
        int first = await FillAsync();
        Assert.InRange(first, MostBytes / DataLength * 9 / 10, MostBytes / DataLength);
        for (int i = 0; i < 4000; i++)
            await _writer.WriteAsync(Writes.Set("/a", "x"));
        // By what the rows have of their own, whose number hangs on when the first was taken, it may be one more or less.
        Assert.InRange(await FillAsync(), first - 1, first + 1);
    }

    [Fact]
    public async Task FailedWritesGiveTheirRoomBack()
    {
        _log.Fail(AppendFault.Unavailable);
        var held = _log.Hold();
        var set = Writes.Set("/a", "x");
        for (int i = 0; i < MostRequests; i++)
            _writer.Submit(set);
        var room = _writer.Pipeline.WaitForRoomAsync(default);
        held.Release();
        await Patience.WithinAsync(room);
        await _writer.WriteAsync(set);
        await NothingIsInFlightAsync();
        Assert.True(_writer.Pipeline.HasRoom);
    }

    // A row's requests are told first, and taken off the count when all are.
    private Task NothingIsInFlightAsync() =>
        Patience.UntilAsync(() => _writer.Pipeline.RequestsInFlight == 0, "nothing is in flight");

    /// <summary>How many writes fit in while nothing is committed.</summary>
    private async Task<int> FillAsync()
    {
        await NothingIsInFlightAsync();
        var held = _log.Hold();
        var set = Writes.Set("/a", new byte[DataLength]);
        int count = 0;
        while (_writer.Pipeline.HasRoom)
        {
            _writer.Submit(set);
            count++;
        }
        held.Release();
        await _writer.WriteAsync(Writes.Set("/a", "x"));
        return count;
    }
}
