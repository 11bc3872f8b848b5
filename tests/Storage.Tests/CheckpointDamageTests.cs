using Coordination.Engine.Checkpoint;
using Coordination.Storage.Sqlite;

namespace Coordination.Storage.Tests;

public sealed class CheckpointDamageTests : IDisposable
{
    private static readonly Guid s_silo = new(7, 0, 0, new byte[8]);

    private readonly TempFolder _folder = new();

    private string CheckpointPath => _folder.File("checkpoint.db");

    public void Dispose() => _folder.Dispose();

    /// <summary>No bit of a checkpoint can change so that another one is read: each is right, or an error.</summary>
    [Fact]
    public async Task NoFlippedBitIsReadAsAnotherCheckpoint()
    {
        await MakeAsync();
        byte[] sound = await File.ReadAllBytesAsync(CheckpointPath);
        string expected = await ReadAsync(CheckpointPath);
        int found = 0;

        var positions = Enumerable.Range(0, sound.Length).Where(at => sound[at] != 0 || at % 64 == 0);
        await Parallel.ForEachAsync(positions, new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (at, cancellation) =>
        {
            string path = _folder.File($"{at}.db");
            byte[] flipped = [.. sound];
            flipped[at] ^= (byte)(1 << (at % 8));
            await File.WriteAllBytesAsync(path, flipped, cancellation);
            try
            {
                string read = await ReadAsync(path);
                Assert.True(expected == read, $"byte {at}: {read}");
            }
            catch (Exception failure) when (failure is LogCorruptException or DataFolderException)
            {
                Interlocked.Increment(ref found);
            }
            File.Delete(path);
        });
        Assert.True(found > 500, $"{found} found");
    }

    [Theory]
    [InlineData("UPDATE znode SET data = x'58' || substr(data, 2) WHERE path = '/a'", "znode /a")]
    [InlineData("UPDATE znode SET data = NULL WHERE path = '/a/empty'", "znode /a/empty")]
    [InlineData("UPDATE znode SET data = x'' WHERE path = '/a/null'", "znode /a/null")]
    [InlineData("UPDATE znode SET acl = x'00' WHERE path = '/a'", "znode /a")]
    [InlineData("UPDATE znode SET path = '/b' WHERE path = '/a/null'", "znode /b")]
    [InlineData("UPDATE znode SET czxid = czxid + 1 WHERE path = '/a'", "znode /a")]
    [InlineData("UPDATE znode SET mzxid = mzxid + 1 WHERE path = '/a'", "znode /a")]
    [InlineData("UPDATE znode SET pzxid = pzxid + 1 WHERE path = '/a'", "znode /a")]
    [InlineData("UPDATE znode SET ctime = ctime + 1 WHERE path = '/a'", "znode /a")]
    [InlineData("UPDATE znode SET mtime = mtime + 1 WHERE path = '/a'", "znode /a")]
    [InlineData("UPDATE znode SET version = version + 1 WHERE path = '/a'", "znode /a")]
    [InlineData("UPDATE znode SET aversion = aversion + 1 WHERE path = '/a'", "znode /a")]
    [InlineData("UPDATE znode SET created_children = created_children + 1 WHERE path = '/a'", "znode /a")]
    [InlineData("UPDATE znode SET ephemeral_owner = 5 WHERE path = '/a'", "znode /a")]
    [InlineData("UPDATE znode SET data_checksum = acl_checksum WHERE path = '/a'", "znode /a")]
    [InlineData("DELETE FROM znode WHERE path = '/a/null'", "table znode", "5 rows", "6")]
    [InlineData("DELETE FROM znode", "table znode", "0 rows", "6")]
    [InlineData("UPDATE session SET password = zeroblob(16)", "session 0x5")]
    [InlineData("UPDATE session SET timeout_ms = 1", "session 0x5")]
    [InlineData("UPDATE session SET attach_zxid = 1 WHERE id = 6", "session 0x6")]
    [InlineData("UPDATE session SET silo = zeroblob(16) WHERE id = 6", "session 0x6")]
    [InlineData("UPDATE session SET id = 7 WHERE id = 6", "session 0x7")]
    [InlineData("DELETE FROM session WHERE id = 6", "table session ", "1 rows", "2")]
    [InlineData("UPDATE session_answers SET answers = x'00'", "session 0x5")]
    [InlineData("DELETE FROM session_answers", "table session_answers", "0 rows", "1")]
    [InlineData("UPDATE counter SET next = next + 1", "counter numbers")]
    [InlineData("DELETE FROM counter", "table counter", "0 rows", "1")]
    [InlineData("UPDATE silo_batch SET batch_number = batch_number + 1", "silo 00000007-")]
    [InlineData("DELETE FROM silo_batch", "table silo_batch", "0 rows", "1")]
    [InlineData("UPDATE state SET zxid = zxid + 1", "state")]
    [InlineData("UPDATE state SET epoch = epoch + 1", "state")]
    [InlineData("UPDATE state SET format_level = format_level + 1", "state")]
    [InlineData("UPDATE state SET incarnation = zeroblob(16)", "state")]
    [InlineData("UPDATE state SET znodes = znodes + 1", "state")]
    public async Task ADamagedRowIsNamedAndLeftAsItIs(string damage, params string[] named)
    {
        await MakeAsync();
        LogRows.Tamper(CheckpointPath, damage);
        byte[] damaged = await File.ReadAllBytesAsync(CheckpointPath);

        var failure = await Assert.ThrowsAsync<LogCorruptException>(() => ReadAsync(CheckpointPath));
        Assert.Contains(CheckpointPath, failure.Message);
        Assert.All(named, name => Assert.Contains(name, failure.Message));
        Assert.DoesNotContain('\n', failure.Message);
        Assert.Equal(damaged, await File.ReadAllBytesAsync(CheckpointPath));
    }

    [Fact]
    public async Task APatchBesideDamageDoesNotCoverIt()
    {
        await MakeAsync();
        LogRows.Tamper(CheckpointPath, "UPDATE znode SET data = x'58' || substr(data, 2) WHERE path = '/a'");
        await using (var checkpoint = SqliteCheckpoint.Open(CheckpointPath))
        {
            var patch = Changes.Patch("/a");
            patch.AclSet = patch.PzxidSet = patch.CreatedChildrenSet = true;
            Assert.True(await checkpoint.AdvanceAsync(
                Changes.Delta(await checkpoint.ReadStateAsync(default), patch), default));
        }
        await Assert.ThrowsAsync<LogCorruptException>(() => ReadAsync(CheckpointPath));
    }

    [Fact]
    public async Task ANewZnodeWhoseRowStandsStopsTheCheckpoint()
    {
        await MakeAsync();
        await using var checkpoint = SqliteCheckpoint.Open(CheckpointPath);
        var failure = await Assert.ThrowsAsync<LogCorruptException>(async () => await checkpoint.AdvanceAsync(
            Changes.Delta(await checkpoint.ReadStateAsync(default), Changes.Add("/a")), default));
        Assert.Contains("/a is new and has a row", failure.Message);
        await Assert.ThrowsAsync<LogCorruptException>(async () => await checkpoint.FlushAsync(default));
    }

    [Fact]
    public async Task RowsAreCountedThroughReplacementsAndDeletions()
    {
        await MakeAsync();
        await using var checkpoint = SqliteCheckpoint.Open(CheckpointPath);
        var delta = Changes.Delta(
            await checkpoint.ReadStateAsync(default),
            Changes.Put("/a", "again"), Changes.Put("/new"), Changes.Add("/newer"), Changes.Delete("/a/null"), Changes.Delete("/none"));
        Assert.True(await checkpoint.AdvanceAsync(delta, default));
        // What was rolled back counts for nothing.
        await Assert.ThrowsAsync<ArgumentException>(async () => await checkpoint.AdvanceAsync(
            Changes.Delta(delta.Target, Changes.Add("/lost"), new ZnodeChange { Path = "/x"u8.ToArray(), Kind = (ZnodeChangeKind)99 }),
            default));
        Assert.True(await checkpoint.AdvanceAsync(Changes.Delta(delta.Target, Changes.Add("/newest")), default));
        Assert.Equal(8, (await checkpoint.LoadAsync()).Znodes.Count);
        using var database = SqliteDatabase.Open(CheckpointPath, SqliteAccess.Read, cacheKilobytes: 64);
        Assert.Equal("8", database.QueryText("SELECT znodes FROM state"));
    }

    private async Task MakeAsync()
    {
        SqliteCheckpoint.Create(CheckpointPath, Guid.NewGuid(), Changes.Genesis, [Changes.Put("/"), Changes.Put("/a", "A's data")]);
        await using var checkpoint = SqliteCheckpoint.Open(CheckpointPath);
        byte[] password = [.. Enumerable.Range(1, 16).Select(number => (byte)number)];
        var some = Changes.Put("/a/some", new string('x', 40), zxid: 0x1_0000_0007);
        some.Acl = "an acl"u8.ToArray();
        some.EphemeralOwner = 5;
        // Of integers, SQLite stores none to eight bytes.
        some.Version = int.MinValue;
        some.Mtime = long.MaxValue;
        var delta = new CheckpointDelta
        {
            Base = Changes.Genesis,
            Target = Changes.Next(Changes.Genesis),
            Znodes = [Changes.Add("/a/empty"), Changes.Add("/a/null", null), some, Changes.Add("/a/large", new string('y', 5000))],
            Sessions = new Dictionary<long, SessionRecord?>
            {
                [5] = new(5, password, 4000, 1, s_silo),
                [6] = new(6, password, 40_000, 2, s_silo),
            },
            Answers = new Dictionary<long, byte[]?> { [5] = "the answers"u8.ToArray() },
            Counters = new Dictionary<string, long> { ["numbers"] = 7 },
            SiloBatches = new Dictionary<Guid, long?> { [s_silo] = 1 },
        };
        Assert.True(await checkpoint.AdvanceAsync(delta, default));
    }

    private static async Task<string> ReadAsync(string path)
    {
        CheckpointFile.Format.CheckHeader(path);
        await using var checkpoint = SqliteCheckpoint.Open(path);
        try
        {
            var content = new CheckpointContent();
            var state = await checkpoint.LoadAsync(content, default);
            return $"{state} {checkpoint.Incarnation}\n{content.Describe()}";
        }
        finally
        {
            checkpoint.Abandon(new IOException("the test is done with it"));
        }
    }
}
