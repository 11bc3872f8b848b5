using System.Diagnostics;
using Coordination.Engine;
using Coordination.Engine.Checkpoint;
using Coordination.Engine.Log;
using Coordination.Engine.Requests;
using Coordination.Grains.Checkpoints;
using Coordination.Grains.Cluster;
using Coordination.Grains.Messages;
using Coordination.Grains.Tests.Cluster;
using Coordination.Grains.Tests.Hosting;
using Coordination.Grains.Tests.Logs;
using Coordination.Grains.Writing;
using Coordination.Protocol;
using Coordination.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coordination.Grains.Tests.Checkpoints;

public sealed class CheckpointerTests : IAsyncLifetime
{
    private const int RowBytes = 1000;

    /// <summary>Folds and trims whatever there is, as soon as there is something.</summary>
    private static readonly CheckpointPace _eager = new()
    {
        Poll = TimeSpan.FromMilliseconds(2),
        BytesBehind = 1,
        MostAge = TimeSpan.Zero,
        KeptBytes = 0,
        TrimRest = TimeSpan.Zero,
    };

    private readonly TempFolder _folder = new();
    private FaultyLog _log = null!;
    private SiloInProcess _silo = null!;
    private long _lastSession = 100;

    public Task InitializeAsync() => StartAsync(null);

    public async Task DisposeAsync()
    {
        await _silo.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task ItFoldsAndTrimsWhileWritesGoOn()
    {
        await RestartAsync(_eager);
        long tail = 0;
        for (int round = 0; tail <= 50; round++)
        {
            Assert.True(round < 60);
            await ChurnAsync(TimeSpan.FromSeconds(1));
            await TrimmedAsync();
            tail = TailPosition();
        }
        string before = Describe();
        // The checkpoint alone is the whole truth, and a silo starts from it.
        Assert.Equal(before, await DescribeCheckpointAsync());
        await RestartAsync(null);
        Assert.Equal(before, Describe());
        Assert.Equal(tail, FirstPosition());
        await SetAsync(1);
    }

    [Fact]
    public async Task ARestartFromTheCheckpointAndTheRestIsWhatWasThere()
    {
        for (int life = 0; life < 4; life++)
        {
            await RestartAsync(life % 2 == 0 ? _eager : null);
            await ChurnAsync(TimeSpan.FromMilliseconds(150));
            if (life == 2)
                await FoldedAsync();
            string before = Describe();
            await RestartAsync(null);
            Assert.Equal(before, Describe());
        }
    }

    [Fact]
    public async Task WhatASessionOwnsIsItsOwnAfterwardsToo()
    {
        var ticket = await _silo.OpenSessionAsync(1);
        await _silo.Znode("/e").CreateAsync(new ZnodeCreation(null, CreateMode.Ephemeral), ticket);
        var other = await _silo.OpenSessionAsync(2);
        other = (await _silo.Session(2).AttachAsync(other.Password, new SessionOpening(20_000)))!;
        await RestartAsync(_eager);
        await SetAsync(1);
        await FoldedAsync();
        await RestartAsync(null);

        Assert.True(await _silo.Session(2).PingAsync(other.AttachZxid));
        Assert.Equal(20_000, _silo.Replica.State.Sessions[2].TimeoutMilliseconds);
        Assert.Null(await _silo.Session(2).AttachAsync(new byte[16], new SessionOpening(20_000)));
        Assert.NotNull(await _silo.Session(2).AttachAsync(other.Password, new SessionOpening(20_000)));
        await _silo.Session(1).CloseAsync(ticket.AttachZxid);
        Assert.Null(await _silo.Znode("/e").ExistsAsync());
    }

    [Fact]
    public async Task TheAnswersThatSessionsAreToBeGivenAgainAreInTheCheckpointAndNoOthers()
    {
        var ticket = await _silo.OpenSessionAsync(1);
        var caller = new Caller(1, ticket.AttachZxid, []);
        var first = await NumberedAsync(caller, 1, 1, Writes.Create("/a-", mode: CreateMode.PersistentSequential));
        await NumberedAsync(caller, 2, 1, Writes.Set("/a-0000000000", "2"));
        var last = await NumberedAsync(caller, 3, 2, Writes.Set("/a-0000000000", "3"));
        await RestartAsync(_eager);
        await SetAsync(1);
        await FoldedAsync();
        string before = Describe();
        Assert.Equal(before, await DescribeCheckpointAsync());
        await RestartAsync(null);
        Assert.Equal(before, Describe());
        Assert.Equal(last.Stat, (await NumberedAsync(caller, 3, 3, Writes.Set("/a-0000000000", "3"))).Stat);
        Assert.Equal(ErrorCode.HistoryLost, (await NumberedAsync(caller, 1, 1, Writes.Create("/a-"))).Error);
        Assert.Equal("/a-0000000000", first.Path);

        // With the session they are gone.
        await _silo.Session(1).CloseAsync(ticket.AttachZxid);
        await RestartAsync(_eager);
        await SetAsync(1);
        await FoldedAsync();
        Assert.Equal(Describe(), await DescribeCheckpointAsync());
    }

    [Fact]
    public async Task SoManyBytesOfLogAreKept()
    {
        const int Kept = 100 * RowBytes;
        await RestartAsync(_eager with { KeptBytes = Kept });
        await SetAsync(400);
        await FoldedAsync();
        await Patience.UntilAsync(() => FirstPosition() > 200, "the log is trimmed");
        await SetAsync(1);
        await FoldedAsync();
        // It trims when a quarter has come on top, and keeps whole rows.
        Assert.True(FirstPosition() <= await _silo.Log.FindFirstOfLastAsync(Kept, default));
        Assert.True(FirstPosition() >= await _silo.Log.FindFirstOfLastAsync(Kept * 3 / 2, default));
    }

    [Fact]
    public async Task WhatAnEarlierLifeLeftIsTrimmedToo()
    {
        await SetAsync(200);
        await RestartAsync(_eager with { KeptBytes = 50 * RowBytes });
        await SetAsync(1);
        await FoldedAsync();
        await Patience.UntilAsync(() => FirstPosition() > 100, "the log is trimmed");
    }

    [Fact]
    public async Task NothingIsTrimmedThatTheCheckpointDoesNotHaveDurably()
    {
        var flushed = new FlushedCheckpoint(_silo.Checkpoint);
        var early = new List<long>();
        int trims = 0;
        _log.Trim = async trim =>
        {
            bool more = await trim();
            trims++;
            // The row at which the checkpoint stands is kept too: a start looks whether it is the one that was folded in.
            if (FirstPosition() > flushed.Durable)
                early.Add(FirstPosition());
            return more;
        };
        var checkpointer = new Checkpointer(
            _log, flushed, _silo.Replica, _silo.Ensemble, _eager, TimeProvider.System, NullLogger<Checkpointer>.Instance);
        using var stopping = new CancellationTokenSource();
        var running = Task.Run(() => checkpointer.RunAsync(stopping.Token));
        for (int round = 0; Volatile.Read(ref trims) < 10; round++)
        {
            Assert.True(round < 100);
            await ChurnAsync(TimeSpan.FromMilliseconds(50));
            await FoldedAsync();
        }
        await stopping.CancelAsync();
        await Patience.WithinAsync(running);
        Assert.Empty(early);
    }

    [Fact]
    public async Task AKillBetweenTheAdvanceAndTheTrimLosesNothing()
    {
        await RestartAsync(_eager);
        await ChurnAsync(TimeSpan.FromMilliseconds(300));
        await TrimmedAsync();
        using var killed = new TempFolder();
        var copied = new TaskCompletionSource();
        _log.Trim = trim =>
        {
            // What a process that is killed at this moment leaves behind.
            foreach (string file in Directory.GetFiles(_folder.Path).Where(file => !file.EndsWith("-shm")))
            {
                if (Path.GetFileName(file) is var name and not "lock" && !copied.Task.IsCompleted)
                    File.Copy(file, killed.Combine(name));
            }
            copied.TrySetResult();
            return trim();
        };
        await SetAsync(1);
        await Patience.WithinAsync(copied.Task);
        string before = Describe();

        await using (var next = await SiloInProcess.StartAsync(killed.Path))
        {
            Assert.Equal(before, next.Replica.State.Describe("c"));
            Assert.True(await next.Log.ReadFirstPositionAsync(default) < next.Replica.Tail.Position);
            Assert.Equal(next.Replica.Tail.Position, (await next.Checkpoint.ReadStateAsync(default)).Position);
        }
        await using (var next = await SiloInProcess.StartAsync(killed.Path, new SiloSettings { CheckpointPace = _eager }))
        {
            await next.Writer.WriteAsync(Caller.Service, Writes.Set("/", "on it goes"));
            await Patience.UntilAsync(
                () => next.Log.ReadFirstPositionAsync(default).AsTask().Result == next.Replica.Tail.Position, "it trims");
        }
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(1L << 40, true)]
    public async Task ItRestsBetweenItsPiecesUnlessItIsFarBehind(long mostBytesBehind, bool rests)
    {
        for (int row = 0; row < 6; row++)
        {
            var creations = Enumerable.Range(0, 600).Select(i => Writes.Create($"/n{row}-{i}"));
            await _silo.Writer.WriteAsync(Caller.Service, Writes.Multi([.. creations]));
        }
        var time = new RestCountingTimeProvider(_eager.Poll);
        var checkpointer = new Checkpointer(
            _log, _silo.Checkpoint, _silo.Replica, _silo.Ensemble,
            _eager with { MostBytesBehind = mostBytesBehind, KeptBytes = 1 << 30 }, time, NullLogger<Checkpointer>.Instance);
        using var stopping = new CancellationTokenSource();
        var running = Task.Run(() => checkpointer.RunAsync(stopping.Token));
        await FoldedAsync();
        await stopping.CancelAsync();
        await Patience.WithinAsync(running);
        // Once it has caught up, it is not behind any more.
        Assert.Equal(rests, time.Rests > 1);
    }

    [Fact]
    public async Task WhenAllIsQuietItFoldsHoweverLittleThereIs()
    {
        await RestartAsync(new CheckpointPace
        {
            Poll = TimeSpan.FromMilliseconds(2),
            MostAge = TimeSpan.FromHours(1),
            Idleness = TimeSpan.FromMilliseconds(50),
        });
        for (int round = 0; round < 3; round++)
        {
            await SetAsync(1);
            await FoldedAsync();
        }
    }

    [Fact]
    public async Task AnOrderlyStopFoldsTheRest()
    {
        await SetAsync(3);
        await Patience.UntilAsync(() => _silo.Replica.Tail.Position == TailPosition(), "all of it is applied");
        long before = (await _silo.Checkpoint.ReadStateAsync(default)).Position;
        // Not where another silo goes on, nor for longer than there is time.
        var leader = SiloRecords.Participant(1, 1);
        var follower = new Ensemble(_silo.Replica.Identity, SiloRole.Participant, [leader]);
        await Finisher(follower, new CheckpointPace()).FinishAsync(default);
        await Finisher(_silo.Ensemble, new CheckpointPace()).FinishAsync(new CancellationToken(canceled: true));
        Assert.Equal(before, (await _silo.Checkpoint.ReadStateAsync(default)).Position);
        Assert.True(before < TailPosition());

        await Finisher(_silo.Ensemble, new CheckpointPace()).FinishAsync(default);
        Assert.Equal(TailPosition(), (await _silo.Checkpoint.ReadStateAsync(default)).Position);
        Assert.Equal(Describe(), await DescribeCheckpointAsync());
    }

    [Fact]
    public async Task AFullDiskIsWaitedOut()
    {
        await RestartAsync(_eager);
        int trims = 0;
        _log.Trim = trim => Interlocked.Increment(ref trims) <= 3 ? throw new LogUnavailableException("full") : trim();
        for (var waited = Stopwatch.StartNew(); Volatile.Read(ref trims) <= 3;)
        {
            Assert.True(waited.Elapsed < TimeSpan.FromMinutes(1), "it does not try to trim again");
            await SetAsync(1);
        }
        await FoldedAsync();
        await SetAsync(1);
        await TrimmedAsync();
    }

    [Fact]
    public async Task ALogThatCannotBeTrustedEndsIt()
    {
        _log.Trim = _ => throw new LogCorruptException("damaged");
        var checkpointer = new Checkpointer(
            _log, _silo.Checkpoint, _silo.Replica, _silo.Ensemble, _eager, TimeProvider.System, NullLogger<Checkpointer>.Instance);
        using var stopping = new CancellationTokenSource();
        var running = checkpointer.RunAsync(stopping.Token);
        await SetAsync(3);
        await Assert.ThrowsAsync<LogCorruptException>(() => Patience.WithinAsync(running));
    }

    [Fact]
    public async Task TwoThatBringOneCheckpointForwardDoNotFoldTwice()
    {
        using var stopping = new CancellationTokenSource();
        var running = new List<Task>();
        for (int i = 0; i < 2; i++)
        {
            var checkpointer = new Checkpointer(
                _log, _silo.Checkpoint, _silo.Replica, _silo.Ensemble, _eager, TimeProvider.System, NullLogger<Checkpointer>.Instance);
            running.Add(Task.Run(() => checkpointer.RunAsync(stopping.Token)));
        }
        await ChurnAsync(TimeSpan.FromMilliseconds(500));
        await FoldedAsync();
        string before = Describe();
        Assert.Equal(before, await DescribeCheckpointAsync());
        await stopping.CancelAsync();
        await Patience.WithinAsync(Task.WhenAll(running));
    }

    [Fact]
    public async Task OneThatDoesNotLeadLooksOnUnlessNobodyDoesIt()
    {
        var leader = SiloRecords.Participant(1, 1);
        var follower = new Ensemble(_silo.Replica.Identity, SiloRole.Participant, [leader]);
        using var stopping = new CancellationTokenSource();
        var running = RunAsync(follower, stopping.Token);
        await SetAsync(3);
        await FoldedAsync();
        await stopping.CancelAsync();
        await Patience.WithinAsync(running);
    }

    [Fact]
    public async Task AnObserverNeverDoesIt()
    {
        using var stopping = new CancellationTokenSource();
        var observer = RunAsync(new Ensemble(_silo.Replica.Identity, SiloRole.Observer, []), stopping.Token);
        long before = (await _silo.Checkpoint.ReadStateAsync(default)).Position;
        await SetAsync(3);
        await Task.Delay(20 * _eager.Poll);
        Assert.Equal(before, (await _silo.Checkpoint.ReadStateAsync(default)).Position);
        await stopping.CancelAsync();
        await Patience.WithinAsync(observer);
    }

    private Task RunAsync(Ensemble ensemble, CancellationToken cancellationToken)
    {
        var checkpointer = new Checkpointer(
            _log, _silo.Checkpoint, _silo.Replica, ensemble, _eager, TimeProvider.System, NullLogger<Checkpointer>.Instance);
        return Task.Run(() => checkpointer.RunAsync(cancellationToken), CancellationToken.None);
    }

    private string Describe() => _silo.Replica.State.Describe("c");

    private async Task<string> DescribeCheckpointAsync()
    {
        var state = new CoordinationState();
        var loader = new StateLoader(state);
        loader.Complete(await _silo.Checkpoint.LoadAsync(loader, default));
        return state.Describe("c");
    }

    private Checkpointer Finisher(Ensemble ensemble, CheckpointPace pace) => new(
        _log, _silo.Checkpoint, _silo.Replica, ensemble, pace, TimeProvider.System, NullLogger<Checkpointer>.Instance);

    private Task FoldedAsync() => Patience.UntilAsync(
        () => _silo.Checkpoint.ReadStateAsync(default).AsTask().Result.Position == TailPosition(),
        "all of the log is folded in");

    private Task TrimmedAsync() =>
        Patience.UntilAsync(() => FirstPosition() == TailPosition(), "the log is trimmed to its last row");

    // Of the log: the replica ends a row only after those who wrote it were told.
    private long TailPosition() => _silo.Log.ReadTailAsync(default).AsTask().Result.Position;

    private long FirstPosition() => _silo.Log.ReadFirstPositionAsync(default).AsTask().Result;

    private async Task SetAsync(int rows)
    {
        byte[] data = new byte[RowBytes];
        for (int i = 0; i < rows; i++)
            await _silo.Znode("/").SetAsync(data);
    }

    private async Task ChurnAsync(TimeSpan duration)
    {
        using var time = new CancellationTokenSource(duration);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(writer => Task.Run(async () =>
        {
            var random = new Random(writer);
            var ticket = await _silo.OpenSessionAsync(Interlocked.Increment(ref _lastSession));
            var caller = new Caller(ticket.SessionId, ticket.AttachZxid, []);
            for (int i = 0; !time.IsCancellationRequested; i++)
            {
                string path = $"/n{random.Next(20)}";
                WriteOperation operation = random.Next(9) switch
                {
                    0 => Writes.Create(path, $"{i}"),
                    1 => Writes.Delete(path),
                    2 => Writes.Create($"{path}/child-", mode: CreateMode.PersistentSequential),
                    3 => Writes.Create($"/e{writer}-", mode: CreateMode.EphemeralSequential),
                    4 => Writes.Take("c", random.Next(1, 9)),
                    5 => new SetAclOperation(Writes.Utf8(path), [Acl.ReadOnly, Acl.Open], -1),
                    6 => Writes.Multi(Writes.Create(path), Writes.Set(path, "m"), Writes.Create(path + "/m")),
                    _ => Writes.Set(path, new string('x', random.Next(300))),
                };
                var reply = random.Next(2) == 0 || operation is TakeNumbersOperation
                    ? await _silo.Writer.WriteAsync(caller, operation)
                    : await NumberedAsync(caller, i + 1, Math.Max(1, i - random.Next(30)), operation);
                Assert.NotEqual(ErrorCode.SystemError, reply.Error);
            }
            if (writer == 0)
                await _silo.Session(ticket.SessionId).CloseAsync(ticket.AttachZxid);
        })));
    }

    private async Task<WriteReply> NumberedAsync(Caller caller, long number, long firstOpen, WriteOperation operation)
    {
        var write = new RecordedWrite(operation, 0, [], caller) { Once = new OnceNumber(number, firstOpen) };
        _silo.Pipeline.Submit([write]);
        return await Patience.WithinAsync(write.Reply);
    }

    private async Task StartAsync(CheckpointPace? pace) => _silo = await SiloInProcess.StartAsync(
        _folder.Path, new SiloSettings { CheckpointPace = pace, WrapLog = log => _log = new FaultyLog(log) });

    private async Task RestartAsync(CheckpointPace? pace)
    {
        await _silo.DisposeAsync();
        await StartAsync(pace);
    }
}
