using System.Diagnostics;
using System.Text;
using Coordination.Engine;
using Coordination.Engine.Quotas;
using Coordination.Engine.Requests;
using Coordination.Engine.Watches;
using Coordination.Grains.Replication;
using Coordination.Grains.Tests.Hosting;
using Coordination.Grains.Tests.Logs;
using Coordination.Grains.Writing;
using Coordination.Protocol;

namespace Coordination.Grains.Tests.Writing;

/// <summary>Requests of very many changes: nobody waits at a lock for all of them.</summary>
public sealed class LongWriteTests : IAsyncLifetime
{
    private const int Many = 10_000;
    private const string Limits = "/zookeeper/quota/many/zookeeper_limits";

    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(60);

    private readonly FaultyLog _log = new(new MemoryLog());
    private WriterInProcess _writer = null!;

    public Task InitializeAsync()
    {
        _writer = WriterInProcess.Start(_log);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _writer.DisposeAsync();

    [Fact]
    public async Task ReadersLookAtTheStateWhileALongMultiIsApplied()
    {
        await _writer.WriteAsync(Writes.Create("/beside"));
        await _writer.WriteAsync(Writes.Create("/many"));
        using var done = new CancellationTokenSource();
        var looking = Task.Run(() => LookBetween(_writer.Replica, done.Token));
        for (var ran = Stopwatch.StartNew(); ran.Elapsed < _longest && !looking.IsCompleted;)
        {
            await _writer.WriteAsync(Writes.Multi([.. Paths(Many).Select(path => Writes.Create(path))]));
            await _writer.WriteAsync(Writes.Multi([.. Paths(Many).Select(path => Writes.Delete(path))]));
        }
        await done.CancelAsync();
        Assert.True(await looking, "nobody ever looked at the state while a multi was applied");
    }

    // Who has validated it has counted already.
    [Fact]
    public async Task ReadersLookAtTheStateWhileAnotherWritersNewQuotaIsCounted()
    {
        await using var other = WriterInProcess.Start(_log, firstCxid: 1000);
        foreach (string path in new[] { "/beside", "/many", "/zookeeper/quota/many" })
            await _writer.WriteAsync(Writes.Create(path));
        await _writer.WriteAsync(Writes.Multi([.. Paths(Many).Select(path => Writes.Create(path))]));
        await other.CatchUpAsync();
        using var done = new CancellationTokenSource();
        var looking = Task.Run(() => LookBetween(other.Replica, done.Token));
        for (var ran = Stopwatch.StartNew(); ran.Elapsed < _longest && !looking.IsCompleted;)
        {
            await _writer.WriteAsync(Writes.Create(Limits, "count=-1,bytes=-1"));
            await other.CatchUpAsync();
            await _writer.WriteAsync(Writes.Delete(Limits));
        }
        await done.CancelAsync();
        Assert.True(await looking, "nobody ever looked at the state while it was counted");
    }

    [Fact]
    public async Task WhatWasCountedForANewQuotaIsWhatAnotherWriterCounts()
    {
        await using var other = WriterInProcess.Start(_log, firstCxid: 1000);
        const string Stats = "/zookeeper/quota/many/zookeeper_stats";
        foreach (string path in new[] { "/many", "/zookeeper/quota/many", Stats, "/many/gone" })
            await _writer.WriteAsync(Writes.Create(path));
        // Most of it is in flight when the quota is validated, and some comes behind it in its own multi, and behind that.
        RecordedWrite[] writes =
        [
            _writer.Submit(Writes.Create("/many/a", "12345")),
            _writer.Submit(Writes.Delete("/many/gone")),
            _writer.Submit(Writes.Multi(
                Writes.Create("/many/b", "678"), Writes.Create(Limits, "count=-1,bytes=-1"), Writes.Create("/many/a/c", "90"))),
            _writer.Submit(Writes.Multi(Writes.Set(Limits, "count=9,bytes=-1"), Writes.Create(Limits, "refused"))),
            _writer.Submit(Writes.Set("/many/a", "1")),
            _writer.Submit(Writes.Multi(Writes.Delete(Limits), Writes.Create(Limits, "count=-1,bytes=-1"))),
            _writer.Submit(Writes.Create("/many/d", "1234")),
        ];
        foreach (var write in writes)
            await Patience.WithinAsync(write.Reply);
        await other.CatchUpAsync();
        Assert.Equal(_writer.Replica.State.Describe(), other.Replica.State.Describe());
        using (_writer.Replica.Lock.EnterRead())
            Assert.Equal("count=5,bytes=10", Encoding.UTF8.GetString(_writer.Replica.State.Tree.Find(Encoding.UTF8.GetBytes(Stats))!.Data));
    }

    [Fact]
    public async Task ReadersLookAtTheStateWhileACrowdIsTold()
    {
        await _writer.WriteAsync(Writes.Create("/beside"));
        await _writer.WriteAsync(Writes.Create("/watched"));
        var watchers = Enumerable.Range(0, 2 * Many).Select(static _ => new CountingWatcher()).ToArray();
        using (_writer.Replica.Lock.EnterRead())
        {
            foreach (var watcher in watchers)
                _writer.Replica.State.Watches.Add(WatchKind.Persistent, "/watched"u8, watcher);
        }
        using var done = new CancellationTokenSource();
        var looking = Task.Run(() => LookBetween(_writer.Replica, done.Token));
        int rounds = 0;
        for (var ran = Stopwatch.StartNew(); ran.Elapsed < _longest && !looking.IsCompleted; rounds++)
        {
            Assert.Equal(ErrorCode.Ok, (await _writer.WriteAsync(Writes.Set("/watched", "x"))).Error);
            Assert.All(watchers, watcher => Assert.Equal(rounds + 1, watcher.Told));
        }
        await done.CancelAsync();
        Assert.True(await looking, "nobody ever looked at the state while a crowd was told");
    }

    [Fact]
    public async Task AnotherWritersLongMultiIsAppliedInPiecesToo()
    {
        await using var other = WriterInProcess.Start(_log, firstCxid: 1000);
        await _writer.WriteAsync(Writes.Create("/beside"));
        await _writer.WriteAsync(Writes.Create("/many"));
        using var done = new CancellationTokenSource();
        await other.CatchUpAsync();
        var looking = Task.Run(() => LookBetween(other.Replica, done.Token));
        for (var ran = Stopwatch.StartNew(); ran.Elapsed < _longest && !looking.IsCompleted;)
        {
            await _writer.WriteAsync(Writes.Multi([.. Paths(Many).Select(path => Writes.Create(path))]));
            await _writer.WriteAsync(Writes.Multi([.. Paths(Many).Select(path => Writes.Delete(path))]));
            await other.CatchUpAsync();
        }
        await done.CancelAsync();
        Assert.True(await looking, "nobody ever looked at the state while a multi was applied");
        Assert.Equal(_writer.Replica.State.Describe(), other.Replica.State.Describe());
    }

    [Fact]
    public async Task ThereIsRoomAgainWhereAnotherWritersLongMultiWasAppliedAndNothingElseIsInFlight()
    {
        await using var other = WriterInProcess.Start(_log, firstCxid: 1000);
        await _writer.WriteAsync(Writes.Create("/many"));
        await _writer.WriteAsync(Writes.Multi([.. Paths(Many).Select(path => Writes.Create(path))]));

        other.Pipeline.RequestCatchUp(_writer.Replica.LastZxid);

        await Patience.UntilAsync(() => other.Replica.LastZxid == _writer.Replica.LastZxid, "the other has caught up");
        await Patience.WithinAsync(other.Pipeline.WaitForRoomAsync(default));
    }

    [Fact]
    public async Task WhoWaitsForAnEntryToBeSettledIsToldWhenItIs()
    {
        await _writer.WriteAsync(Writes.Create("/many"));
        var replica = _writer.Replica;
        Assert.True(replica.WhenSettledAsync(default).IsCompleted);
        var writing = _writer.WriteAsync(Writes.Multi([.. Paths(Many).Select(path => Writes.Create(path))]));
        while (!writing.IsCompleted)
            await Patience.WithinAsync(replica.WhenSettledAsync(default));
        Assert.Equal(ErrorCode.Ok, (await writing).Error);
        Assert.True(replica.WhenSettledAsync(default).IsCompleted);
        Assert.False(replica.State.IsBetween);
    }

    [Fact]
    public async Task ValidationDoesNotWaitForTheStatesLock()
    {
        RecordedWrite submitted;
        var held = Task.Factory.StartNew(
            () =>
            {
                using (_writer.Replica.Lock.EnterWrite())
                {
                    var submitting = Task.Run(() => _writer.Submit(Writes.Create("/a")));
                    Assert.True(submitting.Wait(TimeSpan.FromSeconds(60)), "validation waits for the state's lock");
                    return submitting.Result;
                }
            },
            TaskCreationOptions.LongRunning);
        submitted = await held;
        Assert.Equal(ErrorCode.Ok, (await Patience.WithinAsync(submitted.Reply)).Error);
    }

    [Fact]
    public void ThereIsNoRoomForOthersWhileALongMultiIsValidated()
    {
        var replica = new Replica(Guid.NewGuid(), CoordinationState.Genesis(), default);
        var hearing = new RoomListener();
        using var pipeline = new WritePipeline(replica, TimeProvider.System, new QuotaSettings { Listener = hearing });
        hearing.Pipeline = pipeline;
        Submit(
            pipeline, Writes.Create("/many"), Writes.Create("/zookeeper/quota/many"),
            Writes.Create("/zookeeper/quota/many/zookeeper_limits", "count=1,bytes=-1"));
        Assert.True(pipeline.HasRoom);
        Submit(pipeline, Writes.Multi([.. Paths(100).Select(path => Writes.Create(path))]));
        Assert.Equal((100, 0), (hearing.WithRoom, hearing.WithoutRoom));
        Submit(pipeline, Writes.Multi([.. Paths(Many).Select(path => Writes.Create(path + "x"))]));
        Assert.Equal((100, Many), (hearing.WithRoom, hearing.WithoutRoom));
        Assert.True(pipeline.HasRoom);
        Assert.True(pipeline.WaitForRoomAsync(default).IsCompleted);
    }

    private static IEnumerable<string> Paths(int count) => Enumerable.Range(0, count).Select(static i => $"/many/{i}");

    private static void Submit(WritePipeline pipeline, params WriteOperation[] operations) =>
        pipeline.Submit(Array.ConvertAll(operations, static operation => new RecordedWrite(operation, 1, [])));

    // Whether an entry was seen that is applied in part, with what it does not touch to be looked at.
    private static bool LookBetween(Replica replica, CancellationToken until)
    {
        while (!until.IsCancellationRequested)
        {
            using (replica.Lock.EnterRead())
            {
                if (replica.State.IsBetween)
                {
                    Assert.True(replica.State.IsSettled("/beside"u8));
                    Assert.False(replica.State.IsSettled("/many/none"u8));
                    return true;
                }
            }
            // One that is never without the lock would keep the writer from all that is to be looked at.
            replica.Lock.LetWriterIn();
        }
        return false;
    }

    private sealed class CountingWatcher : Watcher
    {
        public int Told { get; private set; }

        public override void Notify(in WatchEvent watchEvent) => Told++;
    }

    private sealed class RoomListener : IQuotaListener
    {
        public WritePipeline Pipeline { get; set; } = null!;

        public int WithRoom { get; private set; }

        public int WithoutRoom { get; private set; }

        public void LimitExceeded(ReadOnlySpan<byte> path, QuotaLimitKind kind, long usage, long limit)
        {
            if (Pipeline.HasRoom)
                WithRoom++;
            else
                WithoutRoom++;
        }
    }
}
