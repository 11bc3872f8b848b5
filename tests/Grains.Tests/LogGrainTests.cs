using Coordination.Engine.Log;
using Coordination.Engine.Requests;
using Coordination.Grains.Cluster;
using Coordination.Grains.Messages;
using Coordination.Grains.Tests.Hosting;
using Coordination.Grains.Tests.Logs;
using Coordination.Grains.Tests.Observers;
using Coordination.Grains.Writing;
using Coordination.Protocol;
using Coordination.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coordination.Grains.Tests;

public sealed class LogGrainTests : IAsyncLifetime
{
    private static readonly Guid _otherSilo = Guid.NewGuid();

    private readonly TempFolder _folder = new();
    private FaultyLog _log = null!;
    private SiloInProcess _silo = null!;

    private ILogGrain Log => _silo.Grains.GetGrain<ILogGrain>(0);

    public Task InitializeAsync() => StartAsync();

    public async Task DisposeAsync()
    {
        await _silo.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task OutcomesComeInTheOrderOfTheRequests()
    {
        var reply = await AppendAsync(
            1,
            Writes.Create("/a", "one"),
            Writes.Create("/a"),
            Writes.Set("/a", "two", 5),
            Writes.Set("/a", "two", 0),
            Writes.Create("/a/n-", mode: CreateMode.PersistentSequential),
            Writes.Take("c", 5),
            Writes.Multi(Writes.Check("/a", 1), Writes.Create("/b"), Writes.Delete("/missing")),
            Writes.Multi(Writes.Check("/a", 1), Writes.Create("/b"), Writes.Set("/b", "b")),
            Writes.Take("c", 5));

        Assert.True(reply.Taken);
        var outcomes = Outcome.ReadAll(reply.Outcomes);
        Assert.Equal(
            [
                ErrorCode.Ok, ErrorCode.NodeExists, ErrorCode.BadVersion, ErrorCode.Ok, ErrorCode.Ok, ErrorCode.Ok,
                ErrorCode.NoNode, ErrorCode.Ok, ErrorCode.Ok,
            ],
            outcomes.Select(outcome => outcome.Error));
        Assert.Equal(["/a"], outcomes[0].Paths);
        Assert.Equal(1, outcomes[3].Stats[0].Version);
        Assert.Equal(["/a/n-0000000000"], outcomes[4].Paths);
        Assert.Equal(0, outcomes[5].FirstNumber);
        Assert.Equal(2, outcomes[6].FailedOperation);
        Assert.Equal(["/b", "/b"], outcomes[7].Paths);
        Assert.Equal([0, 1], outcomes[7].Stats.Select(stat => stat.Version));
        Assert.Equal(5, outcomes[8].FirstNumber);
        Assert.Equal(outcomes.Select(outcome => outcome.Zxid).Order(), outcomes.Select(outcome => outcome.Zxid));
        Assert.Equal(outcomes[^1].Zxid, reply.Zxid);
        Assert.Equal(_silo.Replica.LastZxid, reply.Zxid);
    }

    [Fact]
    public async Task WritesAreMadeOnBehalfOfTheirCallers()
    {
        var ticket = await _silo.OpenSessionAsync(7);
        var caller = new Caller(7, ticket.AttachZxid, []);
        var moved = caller with { AttachZxid = 1 };
        var stranger = caller with { SessionId = 8 };
        var ephemeral = Writes.Create("/e", mode: CreateMode.Ephemeral);
        byte[] requests = HandedOverBatch.Encode((moved, 1, ephemeral), (stranger, 2, ephemeral), (caller, 3, ephemeral));
        var outcomes = Outcome.ReadAll((await Log.AppendAsync(new WriteBatch(_otherSilo, 1, requests, _silo.Replica.LastZxid))).Outcomes);
        Assert.Equal(
            [ErrorCode.SessionMoved, ErrorCode.SessionExpired, ErrorCode.Ok], outcomes.Select(outcome => outcome.Error));
        Assert.Equal(7, outcomes[2].Stats[0].EphemeralOwner);
    }

    [Fact]
    public async Task TheSecondBatchIsValidatedWhileTheFirstCommits()
    {
        var held = _log.Hold();
        var first = AppendAsync(1, Writes.Create("/a"));
        await Patience.WithinAsync(held.Reached);
        var second = AppendAsync(2, Writes.Create("/a"), Writes.Create("/a/b"));
        await Patience.UntilAsync(() => _silo.Pipeline.RequestsInFlight == 5, "both batches are validated");
        await Patience.NotCompletedAsync(first, second);
        Assert.Null(_silo.Replica.State.Tree.Find("/a"u8));

        held.Release();
        Assert.Equal(ErrorCode.Ok, Outcome.ReadAll((await Patience.WithinAsync(first)).Outcomes)[0].Error);
        var outcomes = Outcome.ReadAll((await Patience.WithinAsync(second)).Outcomes);
        Assert.Equal([ErrorCode.NodeExists, ErrorCode.Ok], outcomes.Select(outcome => outcome.Error));
    }

    [Fact]
    public async Task ABatchThatWasTakenBeforeIsNotTakenAgain()
    {
        Assert.True((await AppendAsync(5, Writes.Create("/n-", mode: CreateMode.PersistentSequential))).Taken);
        await AssertNotTakenAsync(5);
        await AssertNotTakenAsync(4);
        Assert.True((await AppendAsync(6, Writes.Create("/n-", mode: CreateMode.PersistentSequential))).Taken);

        await RestartAsync();
        await AssertNotTakenAsync(6);
        await AssertNotTakenAsync(1);
        Assert.True((await AppendAsync(7, Writes.Create("/n-", mode: CreateMode.PersistentSequential))).Taken);
        var children = await _silo.Znode("/").GetChildrenAsync();
        Assert.Equal(["n-0000000000", "n-0000000001", "n-0000000002", "zookeeper"], children.Names);
    }

    [Fact]
    public async Task ABatchThatIsHandedOverAgainWhileItIsInFlightIsTakenOnce()
    {
        var held = _log.Hold();
        var replies = Enumerable.Range(0, 10)
            .Select(_ => AppendAsync(1, Writes.Create("/n-", mode: CreateMode.PersistentSequential))).ToArray();
        await Patience.WithinAsync(held.Reached);
        await Patience.NotCompletedAsync(replies);
        held.Release();
        Assert.Single(await Patience.WithinAsync(Task.WhenAll(replies)), reply => reply.Taken);
        Assert.Equal(2, (await _silo.Znode("/").GetChildrenAsync()).Names.Length);
    }

    [Fact]
    public async Task ASiloThatHandsNothingOverForLongIsForgottenAndNothingOfItIsTakenAgain()
    {
        var time = new ManualTimeProvider();
        var pace = new ForgettingPace();
        var forgetter = new SiloForgetter(
            Ensemble.Alone(_silo.Replica.Identity), _silo.Replica, new SiloWriter(_silo.Pipeline), pace, time,
            NullLogger<SiloForgetter>.Instance);
        long seen = _silo.Replica.LastZxid;
        Assert.True((await AppendAsync(1, seen, Writes.Create("/a"))).Taken);
        Assert.Equal(0, await forgetter.LookAsync(default));
        time.Advance(pace.Patience / 2);
        Assert.True((await AppendAsync(2, Writes.Create("/b"))).Taken);
        Assert.Equal(0, await forgetter.LookAsync(default));
        // Since it was last heard, not since it was first.
        time.Advance(pace.Patience / 2);
        Assert.Equal(0, await forgetter.LookAsync(default));
        time.Advance(pace.Patience / 2);
        Assert.Equal(1, await forgetter.LookAsync(default));
        Assert.Empty(_silo.Replica.State.SiloBatches);
        Assert.Equal(0, await forgetter.LookAsync(default));

        Assert.False((await AppendAsync(1, seen, Writes.Create("/c"))).Taken);
        await RestartAsync();
        Assert.False((await AppendAsync(2, seen, Writes.Create("/c"))).Taken);
        Assert.True((await AppendAsync(1, Writes.Create("/d"))).Taken);
        Assert.Equal(["a", "b", "d", "zookeeper"], (await _silo.Znode("/").GetChildrenAsync()).Names);
    }

    [Fact]
    public async Task EachSiloCountsForItself()
    {
        Assert.True((await AppendAsync(9, Writes.Create("/a"))).Taken);
        byte[] requests = HandedOverBatch.Encode((Caller.Service, 0, Writes.Create("/b")));
        Assert.True((await Log.AppendAsync(new WriteBatch(Guid.NewGuid(), 1, requests, _silo.Replica.LastZxid))).Taken);
        Assert.Equal(ErrorCode.Ok, Outcome.ReadAll((await AppendAsync(10, Writes.Create("/c"))).Outcomes)[0].Error);
    }

    // Were it in two, the first could be in the log with the batch's number and the second not.
    [Fact]
    public async Task ABatchIsInTheLogInOneRow()
    {
        var creates = new WriteOperation[6000];
        for (int i = 0; i < creates.Length; i++)
            creates[i] = Writes.Create($"/n-{i}", new string('x', 100));
        await AppendAsync(1, Writes.Create("/before"));
        var held = _log.Hold();
        var large = _silo.Znode("/before").SetAsync(new byte[100_000]);
        await Patience.WithinAsync(held.Reached);
        var first = AppendAsync(2, creates);
        var second = AppendAsync(3, Writes.Delete("/before"));
        held.Release();
        await large;
        Assert.Equal(
            creates.Length, Outcome.ReadAll((await first).Outcomes).Count(outcome => outcome.Error == ErrorCode.Ok));
        Assert.True((await second).Taken);

        var entries = await _silo.Log.ReadEntriesAsync();
        long[] positions =
        [
            .. entries.Where(entry => entry.Entry.Change.Kind == EntryKind.SiloBatch).Select(entry => entry.Position),
        ];
        Assert.Equal(3, positions.Length);
        Assert.Equal(
            creates.Length,
            entries.Count(entry => entry.Entry.Change.Kind == EntryKind.Create && entry.Position == positions[1]));
    }

    [Fact]
    public async Task AnEmptyBatchIsTaken()
    {
        Assert.Empty((await AppendAsync(1)).Outcomes);
        Assert.False((await AppendAsync(1)).Taken);
    }

    [Fact]
    public async Task WhatIsNoBatchIsRefusedAndHarmsNothing()
    {
        await Assert.ThrowsAsync<MalformedRecordException>(() => Log.AppendAsync(new WriteBatch(_otherSilo, 1, [1, 2, 3], 0)));
        byte[] cut = HandedOverBatch.Encode((Caller.Service, 0, Writes.Create("/a")))[..^3];
        await Assert.ThrowsAsync<MalformedRecordException>(() => Log.AppendAsync(new WriteBatch(_otherSilo, 1, cut, 0)));
        byte[] large = new byte[(16 << 20) + 1];
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Log.AppendAsync(new WriteBatch(_otherSilo, 1, large, 0)));
        Assert.Equal(0, _silo.Pipeline.RequestsInFlight);
        Assert.True((await AppendAsync(1, Writes.Create("/a"))).Taken);
    }

    [Fact]
    public async Task ABatchThatFailsWithTheLogMayBeHandedOverAgain()
    {
        _log.Fail(AppendFault.Unavailable);
        var failed = await AppendAsync(1, Writes.Create("/a"), Writes.Create("/a"));
        Assert.All(Outcome.ReadAll(failed.Outcomes), outcome => Assert.Equal(ErrorCode.SystemError, outcome.Error));
        var outcomes = Outcome.ReadAll((await AppendAsync(1, Writes.Create("/a"), Writes.Create("/a"))).Outcomes);
        Assert.Equal([ErrorCode.Ok, ErrorCode.NodeExists], outcomes.Select(outcome => outcome.Error));
    }

    [Fact]
    public async Task TheTailIsTheLogs()
    {
        Assert.Equal(new LogPosition(0, 0), await Log.ReadTailAsync());
        await AppendAsync(1, Writes.Create("/a"));
        await AppendAsync(2, Writes.Create("/b"));
        var tail = await _silo.Log.ReadTailAsync(default);
        Assert.Equal(new LogPosition(tail.Position, tail.LastZxid), await Log.ReadTailAsync());
        Assert.Equal(2, tail.Position);
    }

    [Fact]
    public async Task CommittedRowsComeToObserversInOrder()
    {
        // A row is told of after the answer to who appended it: to who has subscribed by then.
        var early = new RowListener();
        await Log.SubscribeAsync(Refer(early));
        await AppendAsync(1, Writes.Create("/a"));
        await early.Rows.ExactlyAsync(1);
        RowListener[] listeners = [new(), new()];
        foreach (var listener in listeners)
            await Log.SubscribeAsync(Refer(listener));
        var writes = Enumerable.Range(0, 300).Select(i => _silo.Znode("/a").SetAsync([(byte)i])).ToArray();
        for (int i = 0; i < 50; i++)
            await AppendAsync(i + 2, Writes.Set("/a", $"{i}"));
        await Task.WhenAll(writes);

        var rows = new List<CommittedRow>();
        await foreach (var row in _silo.Log.ReadAsync(default, default))
            rows.Add(new CommittedRow(row.Position, row.FirstZxid, row.LastZxid, row.Body.ToArray()));
        foreach (var listener in listeners)
        {
            var heard = await listener.Rows.ExactlyAsync(rows.Count - 1);
            Assert.Equal(rows.Skip(1).Select(Text), heard.Select(Text));
        }

        static string Text(CommittedRow row) =>
            $"{row.Position} {row.FirstZxid}-{row.LastZxid} {Convert.ToHexString(row.Body)}";
    }

    [Fact]
    public async Task AnObserverWaitsForNoOtherAndHearsInOrderWhatBecomesOfThem()
    {
        var stuck = new TaskCompletionSource();
        var slow = new RowListener { OnRow = _ => stuck.Task };
        var failing = new RowListener { OnRow = row => row.Position == 3 ? throw new IOException() : Task.CompletedTask };
        var well = new RowListener();
        var gone = new RowListener();
        var goneReference = Refer(gone);
        foreach (var reference in new[] { Refer(slow), Refer(failing), goneReference, Refer(well) })
            await Log.SubscribeAsync(reference);
        for (int i = 0; i < 10; i++)
        {
            if (i == 5)
                _silo.Grains.DeleteObjectReference<ICommittedRowObserver>(goneReference);
            await AppendAsync(i + 1, Writes.Create($"/{i}"));
        }
        Assert.Equal(Enumerable.Range(1, 10), (await well.Rows.ExactlyAsync(10)).Select(row => (int)row.Position));
        Assert.Empty(slow.Rows.All);
        Assert.Equal([1, 2], (await failing.Rows.ExactlyAsync(2)).Select(row => (int)row.Position));

        stuck.SetResult();
        Assert.Equal(Enumerable.Range(1, 10), (await slow.Rows.ExactlyAsync(10)).Select(row => (int)row.Position));
        // One that failed may come back.
        await Log.SubscribeAsync(Refer(failing));
        await AppendAsync(11, Writes.Create("/back"));
        Assert.Equal([1, 2, 11], (await failing.Rows.ExactlyAsync(3)).Select(row => (int)row.Position));
        GC.KeepAlive(gone);
    }

    [Fact]
    public async Task OneThatHasUnsubscribedHearsNoMore()
    {
        var listener = new RowListener();
        var reference = Refer(listener);
        await Log.SubscribeAsync(reference);
        await Log.SubscribeAsync(reference);
        await AppendAsync(1, Writes.Create("/a"));
        await listener.Rows.ExactlyAsync(1);
        await Log.UnsubscribeAsync(reference);
        await AppendAsync(2, Writes.Create("/b"));
        await listener.Rows.ExactlyAsync(1);
    }

    private Task<WriteBatchReply> AppendAsync(long number, params WriteOperation[] operations) =>
        AppendAsync(number, null, operations);

    private Task<WriteBatchReply> AppendAsync(long number, long? seen, params WriteOperation[] operations)
    {
        byte[] requests = HandedOverBatch.Encode(
            Array.ConvertAll(operations, operation => (Caller.Service, 0, operation)));
        return Log.AppendAsync(new WriteBatch(_otherSilo, number, requests, seen ?? _silo.Replica.LastZxid));
    }

    private async Task AssertNotTakenAsync(long number)
    {
        string before = _silo.Replica.State.Describe();
        var reply = await AppendAsync(
            number, Writes.Create("/n-", mode: CreateMode.PersistentSequential), Writes.Take("c", 1));
        Assert.False(reply.Taken);
        Assert.DoesNotContain(ErrorCode.Ok, Outcome.ReadAll(reply.Outcomes).Select(outcome => outcome.Error));
        // A silo's first write begins an epoch, whatever becomes of it.
        if (_silo.Replica.State.EpochSilo == _silo.Replica.Identity)
            Assert.Equal(Znodes(before), Znodes(_silo.Replica.State.Describe()));

        static string Znodes(string state) => state[state.IndexOf('\n')..];
    }

    private ICommittedRowObserver Refer(RowListener listener) =>
        _silo.Grains.CreateObjectReference<ICommittedRowObserver>(listener);

    private async Task StartAsync() => _silo = await SiloInProcess.StartAsync(
        _folder.Path, new SiloSettings { WrapLog = log => _log = new FaultyLog(log) });

    private async Task RestartAsync()
    {
        await _silo.DisposeAsync();
        await StartAsync();
    }
}
