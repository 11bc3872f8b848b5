using Coordination.Grains.Replication;
using Coordination.Grains.Tests.Hosting;
using Coordination.Grains.Tests.Logs;
using Coordination.Protocol;

namespace Coordination.Grains.Tests.Writing;

public sealed class WritePipelineTests : IAsyncLifetime
{
    private readonly FaultyLog _log = new(new MemoryLog());
    private WriterInProcess _writer = null!;

    public Task InitializeAsync()
    {
        _writer = WriterInProcess.Start(_log);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _writer.DisposeAsync();

    [Fact]
    public async Task WritesAreCompletedInTheirOrderWithTheirZxids()
    {
        _log.Before = () => Task.Delay(Random.Shared.Next(3));
        var writes = new List<RecordedWrite>();
        await _writer.WriteAsync(Writes.Create("/a"));
        for (int i = 0; i < 2000; i++)
        {
            writes.Add(_writer.Submit(i % 5 == 4 ? Writes.Create("/a") : Writes.Set("/a", $"{i}")));
            if (i % 10 == 0)
                await Task.Yield();
        }
        await Patience.WithinAsync(writes[^1].Reply);

        Assert.Equal(writes, _writer.Completed.Skip(1));
        long zxid = 0;
        for (int i = 0; i < writes.Count; i++)
        {
            var reply = await writes[i].Reply;
            Assert.Equal(i % 5 == 4 ? ErrorCode.NodeExists : ErrorCode.Ok, reply.Error);
            Assert.True(reply.Zxid > zxid || (reply.Error != ErrorCode.Ok && reply.Zxid == zxid));
            zxid = reply.Zxid;
        }
        await Patience.UntilAsync(() => _writer.Pipeline.RequestsInFlight == 0, "nothing is in flight");
        Assert.Equal((await _log.FoldAsync()).Describe(), _writer.Replica.State.Describe());
    }

    [Fact]
    public async Task ARefusalIsHeldUntilTheWriteThatItRestsOnIsCommitted()
    {
        var held = _log.Hold();
        var create = _writer.Submit(Writes.Create("/a"));
        await Patience.WithinAsync(held.Reached);
        var again = _writer.Submit(Writes.Create("/a"));
        var child = _writer.Submit(Writes.Create("/a/b"));
        var wrongVersion = _writer.Submit(Writes.Set("/a", "x", 7));
        await Patience.NotCompletedAsync(create.Reply, again.Reply, child.Reply, wrongVersion.Reply);
        Assert.Equal(4, _writer.Pipeline.RequestsInFlight);

        held.Release();
        Assert.Equal(ErrorCode.Ok, (await Patience.WithinAsync(create.Reply)).Error);
        Assert.Equal(ErrorCode.NodeExists, (await Patience.WithinAsync(again.Reply)).Error);
        Assert.Equal(ErrorCode.Ok, (await Patience.WithinAsync(child.Reply)).Error);
        Assert.Equal(ErrorCode.BadVersion, (await Patience.WithinAsync(wrongVersion.Reply)).Error);
        Assert.Equal((await create.Reply).Zxid, (await again.Reply).Zxid);
    }

    [Fact]
    public async Task ARefusalAloneWritesNothing()
    {
        await _writer.WriteAsync(Writes.Create("/a"));
        int appends = _log.Appends;
        Assert.Equal(ErrorCode.NodeExists, (await _writer.WriteAsync(Writes.Create("/a"))).Error);
        Assert.Equal(ErrorCode.NoNode, (await _writer.WriteAsync(Writes.Delete("/b"))).Error);
        Assert.Equal(appends, _log.Appends);
    }

    [Fact]
    public async Task AnEpochThatARefusalBeganIsAppliedWithIt()
    {
        var refused = await _writer.WriteAsync(Writes.Delete("/missing"));
        Assert.Equal(ErrorCode.NoNode, refused.Error);

        var tail = await _log.ReadTailAsync(default);
        await Patience.UntilAsync(() => _writer.Replica.Tail == tail, "the row is applied");
        Assert.Equal(tail.LastZxid, refused.Zxid);
        Assert.Equal(tail.LastZxid, _writer.Replica.LastZxid);
        Assert.Equal(1, _writer.Replica.State.Epoch);
        await Patience.WithinAsync(
            new LogTailReader(_log, _writer.Replica, _writer.Pipeline, TimeProvider.System).SyncAsync(default).AsTask());
        Assert.Equal(tail.LastZxid + 1, (await _writer.WriteAsync(Writes.Create("/a"))).Zxid);
    }

    [Fact]
    public async Task AWriterThatLostItsFirstRowAfterARefusalGoesOn()
    {
        await _writer.WriteAsync(Writes.Delete("/missing"));
        await using var other = WriterInProcess.Start(_log, firstCxid: 1000);
        await other.WriteAsync(Writes.Create("/other"));
        Assert.Equal(ErrorCode.NodeExists, (await _writer.WriteAsync(Writes.Create("/other"))).Error);
        Assert.Equal(ErrorCode.Ok, (await _writer.WriteAsync(Writes.Create("/own"))).Error);
        // Each began an epoch once; taking turns begins none.
        Assert.Equal(2, _writer.Replica.State.Epoch);
    }

    [Fact]
    public async Task WhatAnotherWroteMeanwhileIsWhatWritesAreValidatedAgainst()
    {
        var held = _log.Hold();
        var writes = _writer.Submit(
            Writes.Create("/a", "mine"), Writes.Create("/b"), Writes.Set("/a", "next", 0), Writes.Take("c", 3));
        await Patience.WithinAsync(held.Reached);
        var behind = _writer.Submit(Writes.Delete("/b"), Writes.Delete("/a", 1));
        await using var other = WriterInProcess.Start(_log, firstCxid: 1000);
        foreach (var write in other.Submit(Writes.Create("/a", "theirs"), Writes.Set("/a", "set"), Writes.Take("c", 2)))
            Assert.Equal(ErrorCode.Ok, (await Patience.WithinAsync(write.Reply)).Error);
        held.Release();

        await Patience.WithinAsync(behind[^1].Reply);
        Assert.Equal(
            [ErrorCode.NodeExists, ErrorCode.Ok, ErrorCode.BadVersion, ErrorCode.Ok, ErrorCode.Ok, ErrorCode.Ok],
            _writer.Completed.Select(write => write.Reply.Result.Error));
        Assert.Equal(2, (await writes[3].Reply).FirstNumber);
        Assert.Equal([.. writes, .. behind], _writer.Completed);
        Assert.Equal((await _log.FoldAsync()).Describe("c"), _writer.Replica.State.Describe("c"));
    }

    [Fact]
    public async Task WhatWasTakenBeforeAStopIsCarriedOutAndWhatComesAfterItIsRefused()
    {
        var held = _log.Hold();
        var before = _writer.Submit(Writes.Create("/a"));
        await Patience.WithinAsync(held.Reached);
        var behind = _writer.Submit(Writes.Create("/a"), Writes.Create("/b"));
        var stopped = _writer.Loop.StopAsync(default);
        var late = _writer.Submit(Writes.Create("/c"));
        Assert.Equal(ErrorCode.ConnectionLoss, (await Patience.WithinAsync(late.Reply)).Error);
        await Patience.NotCompletedAsync(before.Reply, behind[0].Reply, stopped);

        held.Release();
        await Patience.WithinAsync(stopped);
        await Patience.WithinAsync(_writer.Loop.Completion);
        Assert.Equal(ErrorCode.Ok, (await before.Reply).Error);
        Assert.Equal(ErrorCode.NodeExists, (await behind[0].Reply).Error);
        Assert.Equal(ErrorCode.Ok, (await behind[1].Reply).Error);
        Assert.Null((await _log.FoldAsync()).Tree.Find("/c"u8));
    }

    [Fact]
    public async Task ALoopThatWasNeverStartedCanBeDisposed()
    {
        var writer = new WriterInProcess(_log);
        await Patience.WithinAsync(writer.DisposeAsync().AsTask());
    }
}
