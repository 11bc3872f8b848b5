using Coordination.Storage.Sqlite;

namespace Coordination.Storage.Tests;

/// <summary>Checkpoints that programs before the checksums have made.</summary>
public sealed class FormerCheckpointTests : IDisposable
{
    private const string Incarnation = "000102030405060708090a0b0c0d0e0f";

    private static readonly string[] s_rows =
    [
        $"INSERT INTO state VALUES (1, x'{Incarnation}', 3, 4, zeroblob(16), 5, 2, 9)",
        "INSERT INTO znode VALUES ('/', 1, 2, 3, 4, 5, 6, 7, 8, 0, x'', x'')",
        "INSERT INTO znode VALUES ('/a', 1, 2, 3, 4, 5, -6, -7, 8, 9, x'0102', x'41')",
        "INSERT INTO znode VALUES ('/a/null', 1, 2, 3, 4, 5, 6, 7, 8, 9, x'', NULL)",
        "INSERT INTO session VALUES (9, zeroblob(16), 4000, 3, zeroblob(16))",
        "INSERT INTO session VALUES (10, x'0102030405060708090a0b0c0d0e0f10', 4000, 3, zeroblob(16))",
        "INSERT INTO counter VALUES ('c', 7)",
        $"INSERT INTO silo_batch VALUES (x'{Incarnation}', 8)",
    ];

    private readonly TempFolder _folder = new();

    private string CheckpointPath => _folder.File("checkpoint.db");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("INSERT INTO session_answers VALUES (10, x'aabb')", "aabb")]
    [InlineData("INSERT INTO session_answers VALUES (10, x'aabb'), (11, x'00')", "aabb")]
    [InlineData("DROP TABLE session_answers", "")]
    public async Task IsWrittenAnewWithChecksumsAsItIsLoaded(string answers, string expected)
    {
        Make(answers);
        await using (var checkpoint = SqliteCheckpoint.Open(CheckpointPath))
        {
            var state = await checkpoint.ReadStateAsync(default);
            Assert.Equal(new(3, 4, 0, 5, 2), state);
            Assert.Equal(new Guid(Convert.FromHexString(Incarnation), bigEndian: true), checkpoint.Incarnation);
            Assert.Equal("1", Query("PRAGMA user_version"));

            var content = await checkpoint.LoadAsync();
            Assert.Equal(
                [
                    new("/", "", "", 1, 2, 3, 4, 5, 6, 7, 8, 0),
                    new("/a", "41", "0102", 1, 2, 3, 4, 5, -6, -7, 8, 9),
                    new("/a/null", null, "", 1, 2, 3, 4, 5, 6, 7, 8, 9),
                ],
                content.Znodes);
            Assert.Equal([9, 10], content.Sessions.Keys);
            Assert.Equal("0102030405060708090A0B0C0D0E0F10", Convert.ToHexString(content.Sessions[10].Password.Span));
            Assert.Equal(expected, Convert.ToHexString(content.Sessions[10].Answers.Span), ignoreCase: true);
            Assert.Equal([new("c", 7)], content.Counters);
            Assert.Equal(8, Assert.Single(content.SiloBatches).Value);

            Assert.Equal("2", Query("PRAGMA user_version"));
            Assert.Equal("3 2", Query("SELECT znodes || ' ' || sessions FROM state"));
            Assert.Equal("0", Query("SELECT count(*) FROM sqlite_schema WHERE name LIKE 'former%'"));
            Assert.True(await checkpoint.AdvanceAsync(Changes.Delta(state, Changes.Add("/b")), default));
        }
        await using (var again = SqliteCheckpoint.Open(CheckpointPath))
            Assert.Equal(4, (await again.LoadAsync()).Znodes.Count);
        LogRows.Tamper(CheckpointPath, "UPDATE znode SET data = x'42' WHERE path = '/a'");
        await using var damaged = SqliteCheckpoint.Open(CheckpointPath);
        await Assert.ThrowsAsync<LogCorruptException>(damaged.LoadAsync);
    }

    [Fact]
    public async Task OfTwoWhoOpenItOneWritesItAnew()
    {
        Make();
        await using var one = SqliteCheckpoint.Open(CheckpointPath);
        await using var other = SqliteCheckpoint.Open(CheckpointPath);
        var delta = Changes.Delta(await one.ReadStateAsync(default), Changes.Add("/b"));
        Assert.True(await one.AdvanceAsync(delta, default));
        Assert.Equal(delta.Target, await other.ReadStateAsync(default));
        Assert.True(await other.AdvanceAsync(Changes.Delta(delta.Target, Changes.Add("/c")), default));
        Assert.Equal(5, (await one.LoadAsync()).Znodes.Count);
        Assert.Equal(5, (await other.LoadAsync()).Znodes.Count);
    }

    [Fact]
    public async Task StaysAsItIsUntilItIsUsed()
    {
        Make();
        byte[] before = await File.ReadAllBytesAsync(CheckpointPath);
        await using (var checkpoint = SqliteCheckpoint.Open(CheckpointPath))
            Assert.Equal(3, (await checkpoint.ReadStateAsync(default)).Position);
        Assert.Equal(before, await File.ReadAllBytesAsync(CheckpointPath));
    }

    [Fact]
    public async Task StaysAsItIsWhereItCannotBeWrittenAnew()
    {
        Make("UPDATE session SET silo = x'00'");
        await using (var checkpoint = SqliteCheckpoint.Open(CheckpointPath))
            await Assert.ThrowsAsync<LogCorruptException>(checkpoint.LoadAsync);
        Assert.Equal("1", Query("PRAGMA user_version"));
        Assert.Equal("3", Query("SELECT count(*) FROM znode"));
    }

    private void Make(params string[] others)
    {
        using var database = SqliteDatabase.Open(CheckpointPath, SqliteAccess.Create, cacheKilobytes: 64);
        FormerCheckpoint.Format.Create(database);
        foreach (string statement in s_rows.Concat(others))
            database.Execute(statement);
    }

    private string? Query(string sql)
    {
        using var database = SqliteDatabase.Open(CheckpointPath, SqliteAccess.Read, cacheKilobytes: 64);
        return database.QueryText(sql);
    }
}
