using System.Text;
using Coordination.Engine.Checkpoint;
using Coordination.Storage.Postgres;
using Npgsql;

namespace Coordination.Storage.Tests.Postgres;

[Collection("PostgreSQL")]
public sealed class PostgresDatabaseTests(PostgresFixture fixture)
{
    private readonly string _cluster = $"cluster {Guid.NewGuid():N}";

    [Fact]
    public async Task SilosThatStartTogetherFindOneLog()
    {
        var opened = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => OpenAsync(_cluster)));
        Assert.Single(opened.Select(database => database.Log.Incarnation).Distinct());
        foreach (var database in opened)
        {
            Assert.Equal(Genesis.State, await database.Checkpoint.ReadStateAsync(default));
            await database.DisposeAsync();
        }
    }

    [Fact]
    public async Task ClustersInOneDatabaseKnowNothingOfEachOther()
    {
        await using var one = await OpenAsync(_cluster);
        await using var other = await OpenAsync(_cluster + " b");
        await one.Log.AppendAsync(default, "one");
        await other.Log.AppendAsync(default, "other", "more");
        Assert.NotEqual(one.Log.Incarnation, other.Log.Incarnation);
        Assert.Equal(["one"], (await one.Log.ReadAllAsync()).Texts());
        Assert.Equal(["other", "more"], (await other.Log.ReadAllAsync()).Texts());
    }

    [Fact]
    public async Task ThePictureCanBeReadInSql()
    {
        await using var database = await OpenAsync(_cluster);
        var change = Changes.Put("/taier");
        change.Data = "höchst"u8.ToArray();
        var tail = await database.Log.AppendAsync(default, "one");
        Assert.True(await database.Checkpoint.AdvanceAsync(DeltaTo(tail, change), default));
        Assert.Equal(
            "höchst",
            Encoding.UTF8.GetString((byte[])(await QueryAsync("SELECT data FROM znode WHERE path = '/taier'"))!));
    }

    [Fact]
    public async Task HowMuchThereIsAndHowNewIsTold()
    {
        await using var database = await OpenAsync(_cluster);
        var before = await database.MeasureAsync(default);
        Assert.Null(before.CheckpointTime);
        Assert.InRange(before.LogBytes, 1, before.DataBytes - 1);
        var began = await TimeThereAsync();
        var tail = await database.Log.AppendAsync(default, new string('x', 100_000));
        var logged = await database.MeasureAsync(default);
        Assert.True(logged.LogBytes >= before.LogBytes + 100_000, $"{logged.LogBytes} after {before.LogBytes}");
        Assert.Null(logged.CheckpointTime);
        Assert.True(await database.Checkpoint.AdvanceAsync(DeltaTo(tail, Changes.Put("/measured")), default));
        Assert.InRange((await database.MeasureAsync(default)).CheckpointTime!.Value, began, await TimeThereAsync());

        async Task<DateTimeOffset> TimeThereAsync() => new((DateTime)(await QueryAsync("SELECT clock_timestamp()"))!);
    }

    /// <summary>What a silo has read is not in the log any more, once that was restored to an older state.</summary>
    [Fact]
    public async Task TheCheckpointIsNotMovedToWhatTheLogHasNot()
    {
        await using var database = await OpenAsync(_cluster);
        var first = await database.Log.AppendAsync(default, "one");
        var second = await database.Log.AppendAsync(first, "two");
        Assert.False(await database.Checkpoint.AdvanceAsync(DeltaTo(LogRows.After(first, "another").AsTail()), default));
        Assert.False(await database.Checkpoint.AdvanceAsync(DeltaTo(LogRows.After(second, "three").AsTail()), default));
        Assert.Equal(Genesis.State, await database.Checkpoint.ReadStateAsync(default));
        Assert.True(await database.Checkpoint.AdvanceAsync(DeltaTo(second), default));
    }

    /// <summary>A silo that was not told yet folds what another has written since the restore, and knows the answers of what was
    /// lost.</summary>
    [Fact]
    public async Task TheCheckpointIsNotMovedByOneWhoHasAppliedWhatTheLogHasNot()
    {
        await using var database = await OpenAsync(_cluster);
        var first = await database.Log.AppendAsync(default, "one");
        var second = await database.Log.AppendAsync(first, "two");
        var lost = LogRows.After(first, "lost").AsTail();
        foreach (var applied in (LogTail[])[lost, LogRows.After(lost, "lost, too").AsTail()])
            Assert.False(await database.Checkpoint.AdvanceAsync(DeltaTo(first, applied), default));
        Assert.Equal(Genesis.State, await database.Checkpoint.ReadStateAsync(default));
        Assert.True(await database.Checkpoint.AdvanceAsync(DeltaTo(first, second), default));
    }

    /// <summary>A silo that has seen the checkpoint further on goes by that, after a restore too.</summary>
    [Fact]
    public async Task NothingIsForgottenThatTheCheckpointHasNot()
    {
        await using var database = await OpenAsync(_cluster);
        var fourth = await database.Log.AppendAsync(default, "one", "two", "three", "four");
        await database.Log.AppendAsync(fourth, "five", "six", "seven");
        await database.Log.TrimAllAsync(7);
        Assert.Equal(1, await database.Log.ReadFirstPositionAsync(default));
        Assert.True(await database.Checkpoint.AdvanceAsync(DeltaTo(fourth), default));
        await database.Log.TrimAllAsync(7);
        Assert.Equal(["five", "six", "seven"], (await database.Log.ReadAllAsync(fourth)).Texts());
        Assert.Equal(5, await database.Log.ReadFirstPositionAsync(default));
    }

    [Fact]
    public async Task ANewerFormatIsRefusedAndNotTouched()
    {
        await (await OpenAsync(_cluster)).DisposeAsync();
        await QueryAsync("UPDATE log_state SET format = 99");
        var refused = await Assert.ThrowsAsync<DatabaseException>(() => OpenAsync(_cluster));
        Assert.Contains("format 99", refused.Message, StringComparison.Ordinal);
        Assert.Equal(99, await QueryAsync("SELECT format FROM log_state"));
    }

    [Theory]
    [InlineData("CREATE TABLE log (line text)", "it has a table log, and no log_state")]
    [InlineData("CREATE TABLE session (id text)", "it has a table session, and no log")]
    public async Task ASchemaOfAnotherProgramIsRefusedAndNotTouched(string table, string expected)
    {
        await QueryAsync($"CREATE SCHEMA \"{_cluster}\"; {table}");
        var refused = await Assert.ThrowsAsync<DatabaseException>(() => OpenAsync(_cluster));
        Assert.EndsWith($"schema {_cluster} is not one of a coordination service: {expected}", refused.Message, StringComparison.Ordinal);
        Assert.Equal(1L, await QueryAsync($"SELECT count(*) FROM pg_tables WHERE schemaname = '{_cluster}'"));
    }

    [Fact]
    public async Task WhatTheDatabaseRefusesIsToldInOneLine()
    {
        await (await OpenAsync(_cluster)).DisposeAsync();
        await QueryAsync("ALTER TABLE checkpoint_state RENAME COLUMN zxid TO other");
        var refused = await Assert.ThrowsAsync<DatabaseException>(() => OpenAsync(_cluster));
        Assert.EndsWith("(42703)", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Fact]
    public async Task ACorruptRowIsToldByItsPosition()
    {
        await using var database = await OpenAsync(_cluster);
        await database.Log.AppendAsync(default, "one", "two", "three");
        await QueryAsync("UPDATE log SET body = 'Two' WHERE position = 2");
        var corrupt = await Assert.ThrowsAsync<LogCorruptException>(() => database.Log.ReadAllAsync());
        Assert.Contains("position 2", corrupt.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ALogThatLostItsTailIsAnotherHistory()
    {
        await using var database = await OpenAsync(_cluster);
        var tail = await database.Log.AppendAsync(default, "one", "two", "three");
        await QueryAsync("DELETE FROM log WHERE position = 3");
        Assert.False(await database.Log.AppendAsync(LogRows.After(tail, "four"), tail));
        await Assert.ThrowsAsync<LogHistoryChangedException>(() => database.Log.ReadAllAsync(tail));
    }

    /// <summary>It is read in stretches, and nothing keeps a database from being restored between two of them.</summary>
    [Fact]
    public async Task ALogThatIsRestoredWhileItIsReadIsAnotherHistory()
    {
        await using var database = await OpenAsync(_cluster);
        await database.Log.FillAsync(default, 600, bodyLength: 8);
        await using var rows = database.Log.ReadAsync(default, default).GetAsyncEnumerator();
        Assert.True(await rows.MoveNextAsync());
        await QueryAsync("DELETE FROM log");
        await database.Log.FillAsync(default, 600, bodyLength: 9);
        await Assert.ThrowsAsync<LogHistoryChangedException>(async () =>
        {
            while (await rows.MoveNextAsync())
            {
            }
        });
    }

    [Fact]
    public async Task AnUnreachableDatabaseIsToldAtTheStart()
    {
        var refused = await Assert.ThrowsAsync<DatabaseException>(() => PostgresDatabase.OpenAsync(
            "Host=127.0.0.1;Port=1;Username=nobody;Database=none", _cluster, Genesis.State, Genesis.Znodes(), default));
        Assert.Contains("127.0.0.1:1", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Nonsense=1")]
    [InlineData("Host=127.0.0.1;Port=abc")]
    public async Task AWrongConnectionStringIsToldAtTheStart(string wrong) => await Assert.ThrowsAsync<DatabaseException>(
        () => PostgresDatabase.OpenAsync(wrong, _cluster, Genesis.State, Genesis.Znodes(), default));

    private static CheckpointDelta DeltaTo(LogTail tail, params ZnodeChange[] znodes) => DeltaTo(tail, tail, znodes);

    private static CheckpointDelta DeltaTo(LogTail tail, LogTail applied, params ZnodeChange[] znodes) => new()
    {
        Applied = new AppliedRow(applied.Position, applied.Checksum),
        Base = Genesis.State,
        Target = Genesis.State with { Position = tail.Position, Zxid = tail.LastZxid, Checksum = tail.Checksum },
        Znodes = znodes,
        Sessions = new Dictionary<long, SessionRecord?>(),
        Counters = new Dictionary<string, long>(),
        SiloBatches = new Dictionary<Guid, long?>(),
    };

    private Task<PostgresDatabase> OpenAsync(string cluster) => PostgresDatabase.OpenAsync(
        fixture.Server.ConnectionString, cluster, Genesis.State, Genesis.Znodes(), default);

    private async Task<object?> QueryAsync(string text)
    {
        var settings = new NpgsqlConnectionStringBuilder(fixture.Server.ConnectionString) { SearchPath = $"\"{_cluster}\"" };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(text, connection);
        return await command.ExecuteScalarAsync();
    }
}
