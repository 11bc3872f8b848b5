using Coordination.Grains.Tests.Hosting;
using Coordination.Grains.Tests.Logs;
using Coordination.Protocol;

namespace Coordination.Grains.Tests.Writing;

/// <summary>Writers that wait for their turn where they find that they are not alone.</summary>
public sealed class TurnTests : IDisposable
{
    // After one append that was lost so many turns are waited for, in none of which one can be lost.
    private const int TurnsAfterALoss = 16;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly MemoryLog _shared = new() { IsShared = true };

    public void Dispose() => _turn.Dispose();

    [Fact]
    public async Task WritersThatTakeTurnsLoseFewAppendsAndNoWrite()
    {
        const int each = 400;
        LogWithTurns[] logs = [new(_shared, _turn), new(_shared, _turn), new(_shared, _turn)];
        var writers = logs.Select((log, which) => WriterInProcess.Start(log, 1 + (which * 1_000_000))).ToArray();
        await Task.WhenAll(writers.Select((writer, which) => Task.Run(async () =>
        {
            for (int i = 0; i < each; i++)
                Assert.Equal(ErrorCode.Ok, (await writer.WriteAsync(Writes.Create($"/{which}-{i}"))).Error);
        })));
        foreach (var log in logs)
            Assert.InRange(log.Lost, 0, 1 + (log.Appends / TurnsAfterALoss));
        string truth = (await _shared.FoldAsync()).Describe();
        foreach (var writer in writers)
        {
            await Patience.WithinAsync(writer.Loop.StopAsync(default));
            await writer.CatchUpAsync();
            Assert.Equal(truth, writer.Replica.State.Describe());
            await writer.DisposeAsync();
        }
        Assert.Equal(1, _turn.CurrentCount);
    }

    [Fact]
    public async Task AWriterAloneWaitsForNoTurnAndReadsNothing()
    {
        var log = new LogWithTurns(_shared, _turn);
        await using var writer = WriterInProcess.Start(log);
        for (int i = 0; i < 50; i++)
            await writer.WriteAsync(Writes.Create($"/{i}"));
        Assert.Equal((0, 0, 0), (log.Taken, log.Reads, log.Lost));
    }

    [Fact]
    public async Task OneWhoseTurnDoesNotComeAppendsWithoutIt()
    {
        await _turn.WaitAsync();
        var log = new LogWithTurns(_shared, _turn) { WaitsInVain = true };
        await using var writer = WriterInProcess.Start(log);
        Assert.Equal(ErrorCode.Ok, (await writer.WriteAsync(Writes.Create("/a"))).Error);
        Assert.Equal(ErrorCode.Ok, (await writer.WriteAsync(Writes.Create("/b"))).Error);
        Assert.Equal(1, log.Lost);
    }

    [Fact]
    public async Task ATurnThatNothingIsLeftForIsGivenBack()
    {
        var log = new LogWithTurns(_shared, _turn);
        await using var other = WriterInProcess.Start(new LogWithTurns(_shared, _turn));
        await using var writer = WriterInProcess.Start(log, 1_000_000);
        Assert.Equal(ErrorCode.Ok, (await other.WriteAsync(Writes.Create("/same"))).Error);
        // It is valid until what the other has written is read, with the turn that the lost append led to.
        Assert.Equal(ErrorCode.NodeExists, (await writer.WriteAsync(Writes.Create("/same"))).Error);
        Assert.Equal((1, 1), (log.Lost, log.Taken));
        await Patience.UntilAsync(() => _turn.CurrentCount == 1, "the turn is given back");
        Assert.Equal(ErrorCode.Ok, (await other.WriteAsync(Writes.Create("/another"))).Error);
    }

    [Fact]
    public async Task ARefusalReadsWhatOthersHaveAppendedInTheSameQuestion()
    {
        var log = new LogWithTurns(_shared, _turn);
        await using var other = WriterInProcess.Start(new LogWithTurns(_shared, _turn));
        await using var writer = WriterInProcess.Start(log, 1_000_000);
        // A silo's first row begins an epoch, whatever became of the request.
        Assert.Equal(ErrorCode.Ok, (await writer.WriteAsync(Writes.Create("/first"))).Error);
        Assert.Equal(ErrorCode.Ok, (await other.WriteAsync(Writes.Create("/parent"))).Error);
        // No parent, as far as this silo knows: that is a refusal, and it asks.
        Assert.Equal(ErrorCode.Ok, (await writer.WriteAsync(Writes.Create("/parent/child"))).Error);
        Assert.Equal((0, 0, 1), (log.Lost, log.Taken, log.Reads));
    }
}
