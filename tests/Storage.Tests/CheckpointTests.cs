using System.Text;
using Coordination.Engine.Checkpoint;
using Coordination.Storage.Sqlite;

namespace Coordination.Storage.Tests;

public sealed class CheckpointTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private SqliteCheckpoint _checkpoint = null!;

    private string CheckpointPath => _folder.File("checkpoint.db");

    public Task InitializeAsync()
    {
        SqliteCheckpoint.Create(CheckpointPath, Guid.NewGuid(), Changes.Genesis, [Changes.Put("/"), Changes.Put("/a", "A")]);
        _checkpoint = SqliteCheckpoint.Open(CheckpointPath);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _checkpoint.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task ANewCheckpointHasTheGenesisRows()
    {
        Assert.Equal(Changes.Genesis, await _checkpoint.ReadStateAsync(default));
        var content = await _checkpoint.LoadAsync();
        Assert.Equal([ZnodeRow.Of(Changes.Put("/")), ZnodeRow.Of(Changes.Put("/a", "A"))], content.Znodes);
    }

    [Fact]
    public async Task AnAdvanceMovesRowsAndStateTogether()
    {
        var put = Changes.Put("/b", "B", zxid: 7);
        put.Acl = "an acl"u8.ToArray();
        put.EphemeralOwner = long.MinValue;
        put.Version = -3;
        put.CreatedChildren = int.MaxValue;
        Assert.True(await _checkpoint.AdvanceAsync(
            Changes.Delta(Changes.Genesis, put, Changes.Put("/a", "A again"), Changes.Delete("/nothing")), default));

        var state = Changes.Next(Changes.Genesis);
        Assert.Equal(state, await _checkpoint.ReadStateAsync(default));
        var content = new CheckpointContent();
        Assert.Equal(state, await _checkpoint.LoadAsync(content, default));
        Assert.Equal(
            [ZnodeRow.Of(Changes.Put("/")), ZnodeRow.Of(Changes.Put("/a", "A again")), ZnodeRow.Of(put)], content.Znodes);
    }

    [Fact]
    public async Task AnAdvanceFromAnotherBaseDoesNothing()
    {
        foreach (var other in new[]
        {
            Changes.Next(Changes.Genesis),
            Changes.Genesis with { Zxid = 1 },
            Changes.Genesis with { Checksum = 1 },
        })
        {
            Assert.False(await _checkpoint.AdvanceAsync(Changes.Delta(other, Changes.Put("/b")), default));
        }
        Assert.Equal(Changes.Genesis, await _checkpoint.ReadStateAsync(default));
        Assert.Equal(2, (await _checkpoint.LoadAsync()).Znodes.Count);

        var delta = Changes.Delta(Changes.Genesis, Changes.Put("/b"));
        Assert.True(await _checkpoint.AdvanceAsync(delta, default));
        Assert.False(await _checkpoint.AdvanceAsync(delta, default));
    }

    [Fact]
    public async Task OfTwoThatAdvanceOneMovesIt()
    {
        await using var other = SqliteCheckpoint.Open(CheckpointPath);
        var state = Changes.Genesis;
        for (int round = 0; round < 100; round++)
        {
            var delta = Changes.Delta(state, Changes.Put($"/{round}"));
            bool[] moved = await Task.WhenAll(
                Task.Run(async () => await _checkpoint.AdvanceAsync(delta, default)),
                Task.Run(async () => await other.AdvanceAsync(delta, default)));
            Assert.Single(moved, true);
            state = delta.Target;
        }
        Assert.Equal(102, (await other.LoadAsync()).Znodes.Count);
    }

    [Fact]
    public async Task APatchChangesTheColumnsWhoseFlagIsSet()
    {
        var state = Changes.Genesis;
        var expected = ZnodeRow.Of(Changes.Put("/a", "A"));
        for (int columns = 0; columns < 16; columns++)
        {
            var patch = Changes.Patch("/a");
            patch.DataSet = (columns & 1) != 0;
            patch.AclSet = (columns & 2) != 0;
            patch.PzxidSet = (columns & 4) != 0;
            patch.CreatedChildrenSet = (columns & 8) != 0;
            patch.Data = columns == 3 ? null : (ReadOnlyMemory<byte>?)new byte[columns * 100];
            patch.Acl = new byte[] { (byte)columns };
            patch.Version = patch.Aversion = patch.CreatedChildren = 100 + columns;
            patch.Mzxid = patch.Pzxid = patch.Mtime = (columns + 1L) << 40;
            patch.Czxid = patch.Ctime = patch.EphemeralOwner = 99;
            Assert.True(await _checkpoint.AdvanceAsync(Changes.Delta(state, patch), default));
            state = Changes.Next(state);
            expected = expected.With(patch);
            Assert.Equal(expected, (await _checkpoint.LoadAsync()).Znodes[1]);
        }
    }

    [Fact]
    public async Task APatchOfARowThatIsNotThereStopsTheCheckpoint()
    {
        var patch = Changes.Patch("/missing");
        patch.PzxidSet = true;
        var failure = await Assert.ThrowsAsync<LogCorruptException>(async () =>
            await _checkpoint.AdvanceAsync(Changes.Delta(Changes.Genesis, Changes.Put("/b"), patch), default));
        Assert.Contains("/missing", failure.Message);
        await Assert.ThrowsAsync<LogCorruptException>(async () => await _checkpoint.FlushAsync(default));

        await using var again = SqliteCheckpoint.Open(CheckpointPath);
        Assert.Equal(Changes.Genesis, await again.ReadStateAsync(default));
        Assert.Equal(2, (await again.LoadAsync()).Znodes.Count);
    }

    [Fact]
    public async Task NullDataIsNotEmptyData()
    {
        await _checkpoint.AdvanceAsync(
            Changes.Delta(Changes.Genesis, Changes.Put("/empty", ""), Changes.Put("/null", null)), default);
        var content = await _checkpoint.LoadAsync();
        Assert.Equal("", content.Znodes.Single(znode => znode.Path == "/empty").Data);
        Assert.Null(content.Znodes.Single(znode => znode.Path == "/null").Data);
    }

    [Fact]
    public async Task SessionsCountersAndSilosComeAndGo()
    {
        Guid silo = Guid.NewGuid(), other = Guid.NewGuid();
        byte[] password = [.. Enumerable.Range(1, 16).Select(number => (byte)number)];
        var first = new CheckpointDelta
        {
            Base = Changes.Genesis,
            Target = Changes.Next(Changes.Genesis),
            Znodes = [],
            Sessions = new Dictionary<long, SessionRecord?>
            {
                [-5] = new(-5, password, 4000, 1, silo),
                [5] = new(5, password, 40_000, 2, other),
            },
            Counters = new Dictionary<string, long> { ["büros"] = 7, ["a"] = long.MaxValue },
            SiloBatches = new Dictionary<Guid, long?> { [silo] = 1, [other] = 2 },
        };
        Assert.True(await _checkpoint.AdvanceAsync(first, default));
        var second = new CheckpointDelta
        {
            Base = first.Target,
            Target = Changes.Next(first.Target),
            Znodes = [],
            // One is attached again, without the password, which only the row has; the other is closed.
            Sessions = new Dictionary<long, SessionRecord?> { [-5] = new(-5, default, 6000, 9, other), [5] = null },
            Counters = new Dictionary<string, long> { ["a"] = 1 },
            SiloBatches = new Dictionary<Guid, long?> { [silo] = null, [other] = 3 },
        };
        Assert.True(await _checkpoint.AdvanceAsync(second, default));

        var content = await _checkpoint.LoadAsync();
        var session = Assert.Single(content.Sessions).Value;
        Assert.Equal(password, session.Password.ToArray());
        Assert.Equal((-5, 6000, 9, other), (session.Id, session.TimeoutMilliseconds, session.AttachZxid, session.Silo));
        Assert.Equal([new("a", 1), new("büros", 7)], content.Counters);
        Assert.Equal([new(other, 3)], content.SiloBatches);
    }

    [Fact]
    public async Task WhatWasFlushedIsThereAfterAKill()
    {
        var state = Changes.Genesis;
        for (int round = 0; round < 20; round++)
        {
            await _checkpoint.AdvanceAsync(Changes.Delta(state, Changes.Put($"/{round}", new string('x', 3000))), default);
            state = Changes.Next(state);
            Assert.Equal(state, await _checkpoint.FlushAsync(default));
            using var copy = new TempFolder();
            File.Copy(CheckpointPath, copy.File("checkpoint.db"));
            File.Copy(CheckpointPath + "-wal", copy.File("checkpoint.db-wal"));
            await using var killed = SqliteCheckpoint.Open(copy.File("checkpoint.db"));
            Assert.Equal(state, await killed.ReadStateAsync(default));
            Assert.Equal(round + 3, (await killed.LoadAsync()).Znodes.Count);
        }
    }

    [Fact]
    public async Task ALoadSeesOneMomentWhileAdvancesGoOn()
    {
        var state = Changes.Genesis;
        await _checkpoint.AdvanceAsync(
            Changes.Delta(state, [.. Enumerable.Range(0, 500).Select(number => Numbered(number, 1))]), default);
        state = Changes.Next(state);
        using var stop = new CancellationTokenSource();
        var advances = Task.Run(async () =>
        {
            for (; !stop.IsCancellationRequested; state = Changes.Next(state))
            {
                var puts = Enumerable.Range(0, 500).Select(number => Numbered(number, state.Position + 1));
                Assert.True(await _checkpoint.AdvanceAsync(Changes.Delta(state, [.. puts]), default));
                if (state.Position % 10 == 0)
                    await _checkpoint.FlushAsync(default);
            }
        });
        for (int round = 0; round < 30; round++)
        {
            var content = new CheckpointContent();
            var loaded = await _checkpoint.LoadAsync(content, default);
            var numbered = content.Znodes.Where(znode => znode.Path.StartsWith("/n", StringComparison.Ordinal));
            Assert.All(numbered, znode => Assert.Equal(loaded.Position, znode.Mzxid));
            Assert.Equal(502, content.Znodes.Count);
        }
        await stop.CancelAsync();
        await advances;

        static ZnodeChange Numbered(int number, long zxid) => Changes.Put($"/n{number:d4}", new string('x', 100), zxid);
    }

    [Fact]
    public async Task ALongLoadDoesNotKeepAFlushFromBeingDurable()
    {
        var receiver = new FlushingReceiver(_checkpoint, CheckpointPath);
        Assert.Equal(Changes.Genesis, await _checkpoint.LoadAsync(receiver, default));
        Assert.Equal(2, receiver.Znodes);
        Assert.Equal(3, (await _checkpoint.LoadAsync()).Znodes.Count);
    }

    [Fact]
    public async Task RowsComeInTheByteOrderOfTheirPaths()
    {
        string[] paths = ["/a!", "/a/b", "/a/b/c", "/a0", "/ä", "/é/x", "/\U0001f600", "/Z", "/a\uffff"];
        await _checkpoint.AdvanceAsync(Changes.Delta(Changes.Genesis, [.. paths.Select(path => Changes.Put(path))]), default);
        var loaded = (await _checkpoint.LoadAsync()).Znodes.Select(znode => znode.Path).ToList();
        var expected = paths.Append("/").Append("/a").ToList();
        expected.Sort((one, other) => Encoding.UTF8.GetBytes(one).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(other)));
        Assert.Equal(expected, loaded);
    }

    [Fact]
    public void TheTableIsAPictureForOtherPrograms()
    {
        using var database = SqliteDatabase.Open(CheckpointPath, SqliteAccess.Read, cacheKilobytes: 64);
        Assert.Equal(
            "/=, /a=A", database.QueryText("SELECT group_concat(path || '=' || data, ', ') FROM (SELECT path, data FROM znode)"));
        Assert.Equal("0", database.QueryText("SELECT zxid FROM state"));
    }

    [Fact]
    public async Task DamageIsAnErrorThatNamesTheFile()
    {
        await _checkpoint.AdvanceAsync(
            Changes.Delta(
                Changes.Genesis, [.. Enumerable.Range(0, 200).Select(number => Changes.Put($"/{number}", new string('x', 200)))]),
            default);
        await _checkpoint.DisposeAsync();
        byte[] content = File.ReadAllBytes(CheckpointPath);
        Array.Fill(content, (byte)0x5a, 4096 * 6, content.Length - (4096 * 6));
        File.WriteAllBytes(CheckpointPath, content);

        var failure = await Assert.ThrowsAsync<LogCorruptException>(async () =>
        {
            await using var damaged = SqliteCheckpoint.Open(CheckpointPath);
            await damaged.LoadAsync();
        });
        Assert.Contains(CheckpointPath, failure.Message);
    }

    /// <summary>Advances and flushes in the midst of a load, and looks whether a kill would leave it.</summary>
    private sealed class FlushingReceiver(SqliteCheckpoint checkpoint, string path) : ICheckpointReceiver
    {
        public int Znodes { get; private set; }

        public void Znode(scoped in ZnodeRecord record)
        {
            if (Znodes++ > 0)
                return;
            var delta = Changes.Delta(Changes.Genesis, Changes.Put("/later"));
            Assert.True(checkpoint.AdvanceAsync(delta, default).AsTask().Result);
            Assert.Equal(delta.Target, checkpoint.FlushAsync(default).AsTask().Result);
            using var copy = new TempFolder();
            File.Copy(path, copy.File("checkpoint.db"));
            File.Copy(path + "-wal", copy.File("checkpoint.db-wal"));
            using var killed = new CheckpointReader(
                SqliteDatabase.Open(copy.File("checkpoint.db"), SqliteAccess.Read, cacheKilobytes: 64));
            Assert.Equal(delta.Target, killed.ReadState().State);
        }

        public void Session(SessionRecord session)
        {
        }

        public void Counter(string name, long next)
        {
        }

        public void SiloBatch(Guid identity, long batchNumber)
        {
        }
    }
}
