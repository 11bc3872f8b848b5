using Coordination.Engine;
using Coordination.Engine.Checkpoint;
using Coordination.Engine.Requests;
using Coordination.Grains.Replication;
using Coordination.Grains.Sessions;
using Coordination.Grains.Tests.Hosting;
using Coordination.Grains.Tests.Logs;
using Coordination.Storage;
using Coordination.Storage.Sqlite;
using Microsoft.Data.Sqlite;

namespace Coordination.Grains.Tests.Replication;

public sealed class ReplicaLoaderTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly SessionTracker _tracker = new(Guid.NewGuid(), TimeSpan.FromSeconds(2), TimeProvider.System);
    private SqliteLog _log = null!;
    private SqliteCheckpoint _checkpoint = null!;

    private string LogPath => _folder.Combine("log.db");

    private string CheckpointPath => _folder.Combine("checkpoint.db");

    public Task InitializeAsync()
    {
        var incarnation = Guid.NewGuid();
        SqliteLog.Create(LogPath, incarnation);
        SqliteCheckpoint.Create(CheckpointPath, incarnation, Genesis.State, Genesis.Znodes());
        _log = SqliteLog.Open(LogPath);
        _checkpoint = SqliteCheckpoint.Open(CheckpointPath);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _log.DisposeAsync();
        await _checkpoint.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task AnEmptyLogIsGenesis()
    {
        var replica = await LoadAsync();
        Assert.Equal(CoordinationState.Genesis().Describe(), replica.State.Describe());
        Assert.Equal(default, replica.Tail);
        Assert.Equal(0, replica.LastZxid);
    }

    [Fact]
    public async Task TheReplicaIsWhatTheWholeLogComesTo()
    {
        await WriteAsync(300);
        var replica = await LoadAsync();
        Assert.Equal((await _log.FoldAsync()).Describe("c"), replica.State.Describe("c"));
        Assert.Equal(await _log.ReadTailAsync(default), replica.Tail);
        Assert.Equal(replica.Tail.LastZxid, replica.LastZxid);
    }

    [Fact]
    public async Task SessionsThatTheLogOpensAreHeardOf()
    {
        await using (var writer = WriterInProcess.Start(_log))
        {
            await writer.WriteAsync(new OpenSessionOperation(1, new byte[16], 4_000, writer.Replica.Identity));
            await writer.WriteAsync(new OpenSessionOperation(2, new byte[16], 4_000, writer.Replica.Identity));
            await writer.WriteAsync(new CloseSessionOperation(2, null));
        }
        var replica = await LoadAsync();
        Assert.Equal([1], replica.State.Sessions.Keys);
        // They are attached to the life of a silo that is over: whoever starts decides who answers for them.
        Assert.Equal(0, _tracker.Count);
    }

    [Fact]
    public async Task ADamagedRowIsNamed()
    {
        await WriteAsync(60);
        await _log.DisposeAsync();
        using (var connection = new SqliteConnection($"Data Source={LogPath};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText =
                "update log set body = cast(substr(body, 1, length(body) - 1) || x'ff' as blob) where position = 17";
            Assert.Equal(1, command.ExecuteNonQuery());
        }
        _log = SqliteLog.Open(LogPath);
        await AssertCorruptAsync("position 17");
    }

    [Theory]
    [InlineData("00")]
    [InlineData("01")]
    [InlineData("0100000000")]
    [InlineData("0100000001")]
    [InlineData("01ffffffff")]
    [InlineData("0200000000")]
    [InlineData("0100000000ff")]
    [InlineData("0100000001000000010000000500000000000000000000000000000000000000000000000000ff")]
    public async Task ABodyThatIsNoBatchIsNamed(string hex)
    {
        await WriteAsync(3);
        await AppendAsync(Convert.FromHexString(hex));
        await AssertCorruptAsync("row 4 ");
    }

    [Fact]
    public async Task ABatchThatIsCutOffIsNamed()
    {
        await WriteAsync(3);
        var row = await LastRowAsync(Writes.Create("/a"));
        await AppendAsync(row.Body[..^1].ToArray(), row.LastZxid);
        await AssertCorruptAsync("row 4 ");
    }

    [Fact]
    public async Task AnEntryThatContradictsTheStateIsNamed()
    {
        byte[] password = new byte[16];
        await AssertContradictionAsync(Writes.Delete("/a"), Writes.Create("/a"));
        await AssertContradictionAsync(Writes.Set("/a", "x"), Writes.Create("/a"));
        await AssertContradictionAsync(Writes.Create("/a/b"), Writes.Create("/a"));
        await AssertContradictionAsync(
            Writes.Multi(Writes.Create("/b"), Writes.Delete("/a")), Writes.Create("/a"));
        await AssertContradictionAsync(
            new AttachSessionOperation(1, password, 4_000, Guid.Empty),
            new OpenSessionOperation(1, password, 4_000, Guid.Empty));
    }

    [Fact]
    public async Task ASessionThatIsOpenedTwiceIsNamed()
    {
        var open = new OpenSessionOperation(1, new byte[16], 4_000, Guid.Empty);
        await using (var writer = WriterInProcess.Start(_log))
            await writer.WriteAsync(open);
        var row = await LastRowAsync(open);
        await AppendAsync(row.Body.ToArray(), row.LastZxid);
        await AssertCorruptAsync("row 2 ");
    }

    [Fact]
    public async Task ARowWhoseEntriesAreOfOtherZxidsIsNamedNotSkipped()
    {
        await WriteAsync(3);
        // Entries that the state has passed would change nothing.
        var row = await LastRowAsync(Writes.Create("/a"), before: 1);
        await AppendAsync(row.Body.ToArray());
        await AssertCorruptAsync("row 4 ");
    }

    [Fact]
    public async Task ACheckpointThatCannotBeIsCorrupt()
    {
        await _checkpoint.DisposeAsync();
        using (var connection = new SqliteConnection($"Data Source={CheckpointPath};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "delete from znode where path = '/zookeeper'";
            Assert.Equal(1, command.ExecuteNonQuery());
        }
        _checkpoint = SqliteCheckpoint.Open(CheckpointPath);
        await AssertCorruptAsync("checkpoint");
    }

    [Fact]
    public async Task ALoadThatIsCancelledEnds()
    {
        await WriteAsync(3);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => ReplicaLoader.LoadAsync(Guid.NewGuid(), _log, _checkpoint, _tracker, new CancellationToken(true)));
    }

    private Task<Replica> LoadAsync() => ReplicaLoader.LoadAsync(Guid.NewGuid(), _log, _checkpoint, _tracker, default);

    private async Task AssertCorruptAsync(string named)
    {
        var corrupt = await Assert.ThrowsAsync<LogCorruptException>(LoadAsync);
        Assert.Contains(named, corrupt.Message, StringComparison.Ordinal);
    }

    /// <summary>An entry that another history allows stands in a log where it cannot be.</summary>
    private async Task AssertContradictionAsync(WriteOperation operation, WriteOperation needed)
    {
        var history = new MemoryLog();
        await using (var writer = WriterInProcess.Start(history))
        {
            await writer.WriteAsync(needed);
            await writer.WriteAsync(operation);
        }
        var row = await history.ReadAsync(default, default).LastAsync();
        var log = new MemoryLog();
        Assert.True(await log.AppendAsync(default(LogTail).Next(row.FirstZxid, row.LastZxid, row.Body), default));
        var corrupt = await Assert.ThrowsAsync<LogCorruptException>(
            () => ReplicaLoader.LoadAsync(Guid.NewGuid(), log, _checkpoint, _tracker, default));
        Assert.Contains("row 1 ", corrupt.Message, StringComparison.Ordinal);
    }

    private async Task WriteAsync(int rows)
    {
        await using var writer = WriterInProcess.Start(_log);
        for (int i = 0; i < rows; i++)
            await writer.WriteAsync(i % 3 == 0 ? Writes.Take("c", i + 1) : Writes.Create($"/n{i}", $"{i}"));
    }

    private async Task AppendAsync(byte[] body, long? zxid = null)
    {
        var tail = await _log.ReadTailAsync(default);
        long last = zxid ?? tail.LastZxid + 1;
        Assert.True(await _log.AppendAsync(tail.Next(last, last, body), tail));
    }

    /// <summary>The last row of another log, in which many were before it.</summary>
    private static async Task<LogRow> LastRowAsync(WriteOperation operation, int before = 100)
    {
        var log = new MemoryLog();
        await using var writer = WriterInProcess.Start(log);
        for (int i = 0; i < before; i++)
            await writer.WriteAsync(Writes.Take("before", 1));
        await writer.WriteAsync(operation);
        return await log.ReadAsync(default, default).LastAsync();
    }
}
