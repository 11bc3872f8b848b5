using Coordination.Engine.Requests;
using Coordination.Grains.Tests.Hosting;
using Coordination.Grains.Tests.Logs;
using Coordination.Protocol;
using Coordination.Storage;
using Coordination.Storage.Sqlite;

namespace Coordination.Grains.Tests.Writing;

/// <summary>What becomes of writes when the log fails under them.</summary>
public sealed class CommitFaultTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private SqliteLog _sqlite = null!;
    private FaultyLog _log = null!;
    private WriterInProcess _writer = null!;

    public async Task InitializeAsync()
    {
        string path = _folder.Combine("log.db");
        SqliteLog.Create(path, Guid.NewGuid());
        _sqlite = SqliteLog.Open(path);
        _log = new FaultyLog(_sqlite);
        _writer = WriterInProcess.Start(_log);
        await _writer.WriteAsync(Writes.Create("/a"));
    }

    public async Task DisposeAsync()
    {
        _log.Default = AppendFault.None;
        await _writer.DisposeAsync();
        await _sqlite.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(AppendFault.UnknownThoughAppended)]
    [InlineData(AppendFault.UnknownAndNotAppended)]
    [InlineData(AppendFault.UnknownThoughAppended, AppendFault.UnknownAndNotAppended)]
    [InlineData(AppendFault.UnknownAndNotAppended, AppendFault.UnknownThoughAppended, AppendFault.UnknownThoughAppended)]
    [InlineData(AppendFault.UnknownThoughAppended, AppendFault.Unavailable)]
    [InlineData(AppendFault.UnknownAndNotAppended, AppendFault.Unavailable, AppendFault.UnknownAndNotAppended)]
    public async Task ARowOfUnknownOutcomeIsOfferedUntilItIsKnownAndStandsOnce(params AppendFault[] faults)
    {
        int appends = _log.Appends;
        _log.Fail(faults);
        var held = _log.Hold();
        var writes = _writer.Submit(Writes.Create("/b"), Writes.Create("/b"), Writes.Take("c", 5));
        await Patience.WithinAsync(held.Reached);
        var behind = _writer.Submit(Writes.Set("/b", "x"), Writes.Take("c", 1));
        held.Release();

        await Patience.WithinAsync(behind[^1].Reply);
        Assert.Equal([.. writes, .. behind], _writer.Completed.Skip(1));
        Assert.Equal(
            [ErrorCode.Ok, ErrorCode.NodeExists, ErrorCode.Ok, ErrorCode.Ok, ErrorCode.Ok],
            _writer.Completed.Skip(1).Select(write => write.Reply.Result.Error));
        Assert.Equal(faults.Length + 2, _log.Appends - appends);
        await AssertStateIsTheLogsAsync(entries: 6);
    }

    [Fact]
    public async Task NothingIsCompletedWhileAnOutcomeIsUnknown()
    {
        _log.Default = AppendFault.UnknownThoughAppended;
        int appends = _log.Appends;
        var create = _writer.Submit(Writes.Create("/b"));
        await Patience.UntilAsync(() => _log.Appends >= appends + 2, "the row is offered again");
        var refused = _writer.Submit(Writes.Create("/b"));
        await Patience.NotCompletedAsync(create.Reply, refused.Reply);
        Assert.Null(_writer.Replica.State.Tree.Find("/b"u8));

        _log.Default = AppendFault.None;
        Assert.Equal(ErrorCode.Ok, (await Patience.WithinAsync(create.Reply)).Error);
        Assert.Equal(ErrorCode.NodeExists, (await Patience.WithinAsync(refused.Reply)).Error);
    }

    [Fact]
    public async Task AStopThatMayNotWaitLeavesAnUnknownOutcomeUnknown()
    {
        _log.Default = AppendFault.UnknownAndNotAppended;
        int appends = _log.Appends;
        var create = _writer.Submit(Writes.Create("/b"));
        await Patience.UntilAsync(() => _log.Appends > appends, "the row is offered");
        using var impatient = new CancellationTokenSource(TimeSpan.FromMilliseconds(20));
        await Patience.WithinAsync(_writer.Loop.StopAsync(impatient.Token));
        await Patience.WithinAsync(_writer.Loop.Completion);
        Assert.False(create.Reply.IsCompleted);
    }

    [Fact]
    public async Task WhileTheLogIsUnavailableAllInFlightFailsAndThenWritesSucceed()
    {
        string before = _writer.Replica.State.Describe();
        _log.Fail(AppendFault.Unavailable, AppendFault.Unavailable);
        var held = _log.Hold();
        var first = _writer.Submit(Writes.Create("/b"));
        await Patience.WithinAsync(held.Reached);
        // Held in several rows behind it, among them a refusal that rests on what now never happens.
        byte[] large = new byte[100_000];
        var behind = _writer.Submit(
            Writes.Create("/b"), Writes.Set("/b", large), Writes.Set("/b", large), Writes.Delete("/b"), Writes.Delete("/b"));
        held.Release();
        await Patience.WithinAsync(behind[^1].Reply);
        Assert.Equal([first, .. behind], _writer.Completed.Skip(1));
        Assert.All(_writer.Completed.Skip(1), write => Assert.Equal(ErrorCode.SystemError, write.Reply.Result.Error));
        Assert.Equal(before, _writer.Replica.State.Describe());

        Assert.Equal(ErrorCode.SystemError, (await _writer.WriteAsync(Writes.Create("/b"))).Error);
        Assert.Equal(ErrorCode.Ok, (await _writer.WriteAsync(Writes.Create("/b"))).Error);
        Assert.Equal(ErrorCode.NodeExists, (await _writer.WriteAsync(Writes.Create("/b"))).Error);
        Assert.Equal(ErrorCode.NoNode, (await _writer.WriteAsync(Writes.Set("/c", "x"))).Error);
        await AssertStateIsTheLogsAsync(entries: 3);
    }

    [Fact]
    public async Task WhenTheLogCannotBeTrustedTheLoopEndsAndNothingIsCompleted()
    {
        _log.Fail(AppendFault.CorruptThoughAppended);
        var held = _log.Hold();
        var create = _writer.Submit(Writes.Create("/b"));
        await Patience.WithinAsync(held.Reached);
        var refused = _writer.Submit(Writes.Create("/b"));
        held.Release();
        await Assert.ThrowsAsync<LogCorruptException>(() => Patience.WithinAsync(_writer.Loop.Completion));
        var late = _writer.Submit(Writes.Create("/a"));
        await Patience.NotCompletedAsync(create.Reply, refused.Reply, late.Reply);
        Assert.Null(_writer.Replica.State.Tree.Find("/b"u8));
        Assert.Single(_writer.Completed);
    }

    [Fact]
    public async Task ARowOfAnotherThatCannotBeAppliedEndsTheLoopAndIsNamed()
    {
        var tail = await _log.ReadTailAsync(default);
        var row = tail.Next(tail.LastZxid + 1, tail.LastZxid + 1, Writes.Utf8("no batch"));
        Assert.True(await _sqlite.AppendAsync(row, tail));
        var create = _writer.Submit(Writes.Create("/b"));
        var corrupt = await Assert.ThrowsAsync<LogCorruptException>(() => Patience.WithinAsync(_writer.Loop.Completion));
        Assert.Contains($"row {row.Position} ", corrupt.Message);
        Assert.False(create.Reply.IsCompleted);
    }

    [Fact]
    public async Task FaultsOfAllKindsLeaveTheStateThatTheLogHas()
    {
        var random = new Random(1);
        var faults = new[]
        {
            AppendFault.None, AppendFault.None, AppendFault.None, AppendFault.UnknownThoughAppended,
            AppendFault.UnknownAndNotAppended, AppendFault.Unavailable,
        };
        var writes = new List<RecordedWrite>();
        for (int i = 0; i < 150; i++)
        {
            _log.Fail(faults[random.Next(faults.Length)]);
            string path = $"/a/{random.Next(10)}";
            WriteOperation[] operations = random.Next(4) switch
            {
                0 => [Writes.Delete(path), Writes.Create(path)],
                1 => [Writes.Set(path, $"{i}")],
                2 => [Writes.Take("c", random.Next(1, 4))],
                _ => [Writes.Create(path), Writes.Multi(Writes.Set(path, "m"), Writes.Delete(path, 7))],
            };
            writes.AddRange(_writer.Submit(operations));
            if (random.Next(3) == 0)
                await Patience.WithinAsync(writes[^1].Reply);
        }
        await Patience.WithinAsync(writes[^1].Reply);

        Assert.Equal(writes, _writer.Completed.Skip(1));
        var entries = (await _log.ReadEntriesAsync()).ToDictionary(entry => entry.Entry.Header.Zxid, entry => entry.Entry);
        var succeeded = writes.Where(write => write.Reply.Result.Error == ErrorCode.Ok).ToList();
        Assert.All(succeeded, write => Assert.Equal(write.Cxid, entries[write.Reply.Result.Zxid].Header.Cxid));
        Assert.Contains(writes, write => write.Reply.Result.Error == ErrorCode.SystemError);
        // One that begins the epoch, and the create that the test began with.
        await AssertStateIsTheLogsAsync(entries: 2 + succeeded.Count);
    }

    private async Task AssertStateIsTheLogsAsync(int entries)
    {
        Assert.Equal(entries, (await _log.ReadEntriesAsync()).Count);
        Assert.Equal((await _log.FoldAsync()).Describe("c"), _writer.Replica.State.Describe("c"));
    }
}
