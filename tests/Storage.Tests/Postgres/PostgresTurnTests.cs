using System.Diagnostics;
using Coordination.Engine.Checkpoint;
using Coordination.Storage.Postgres;
using Npgsql;

namespace Coordination.Storage.Tests.Postgres;

/// <summary>Silos that take turns at appending to one log, each over a connection of its own.</summary>
[Collection("PostgreSQL")]
public sealed class PostgresTurnTests(PostgresFixture fixture) : IAsyncLifetime
{
    private const int Long = 60_000;
    private const int Short = 30;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly TurnLimits s_patient = new(Long, Long);

    private readonly string _cluster = $"cluster {Guid.NewGuid():N}";
    private readonly List<PostgresAppender> _appenders = [];
    private PostgresConnections _connections = null!;
    private PostgresDatabase _database = null!;
    private LogTail _tail;

    public async Task InitializeAsync()
    {
        _database = await PostgresDatabase.OpenAsync(
            fixture.Server.ConnectionString, _cluster, Genesis.State, Genesis.Znodes(), default);
        _connections = PostgresConnections.To(fixture.Server.ConnectionString, _cluster);
        _tail = await _database.Log.AppendAsync(default, "first");
    }

    public async Task DisposeAsync()
    {
        _appenders.ForEach(appender => appender.Dispose());
        await _connections.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task WhoeverAsksFirstIsServedFirstAndMissesNothing()
    {
        PostgresAppender[] silos = [Appender(s_patient), Appender(s_patient), Appender(s_patient)];
        Assert.True(silos[0].TryTakeTurn(_tail, out var missed));
        Assert.Empty(missed!.Value.Rows);
        var second = TakeAndAppendAsync(silos[1], "second silo");
        await WaitingAsync(1);
        var third = TakeAndAppendAsync(silos[2], "third silo");
        await WaitingAsync(2);

        Assert.True(silos[0].TryInsert(LogRows.After(_tail, "first silo"), _tail));
        Assert.Equal(["first silo"], (await second.WaitAsync(s_patience)).Texts());
        Assert.Equal(["first silo", "second silo"], (await third.WaitAsync(s_patience)).Texts());
        Assert.Equal(["first", "first silo", "second silo", "third silo"], await TextsAsync());
    }

    [Fact]
    public async Task OneWhoDoesNotWaitDoesNothingInAnothersTurn()
    {
        PostgresAppender holder = Appender(s_patient), other = Appender(s_patient);
        Assert.True(holder.TryTakeTurn(_tail, out _));
        Assert.False(other.TryInsert(LogRows.After(_tail, "other"), _tail));
        Assert.Equal(["first"], await TextsAsync());
        // Its turn ends with its append, or without one.
        holder.EndTurn();
        var row = LogRows.After(_tail, "other");
        Assert.True(other.TryInsert(row, _tail));
        Assert.True(holder.TryTakeTurn(row.AsTail(), out _));
        Assert.True(holder.TryInsert(LogRows.After(row.AsTail(), "holder"), row.AsTail()));
        Assert.True(other.TryTakeTurn(_tail, out var missed));
        Assert.Equal(["other", "holder"], missed!.Value.Rows.Texts());
    }

    [Fact]
    public async Task OneWhosePrefixIsGoneHasNoTurn()
    {
        PostgresAppender lost = Appender(s_patient), other = Appender(s_patient);
        var turns = new PostgresTurns((PostgresLog)_database.Log, lost);
        await Assert.ThrowsAsync<LogHistoryChangedException>(
            () => turns.TakeAsync(_tail with { Checksum = _tail.Checksum + 1 }).AsTask());
        // Only where nobody has the turn.
        Assert.True(other.TryInsert(LogRows.After(_tail, "other"), _tail));
    }

    [Fact]
    public async Task OneWhoHasWaitedInVainAppendsAndTheHolderLoses()
    {
        PostgresAppender holder = Appender(s_patient), other = Appender(new TurnLimits(Short, Long));
        Assert.True(holder.TryTakeTurn(_tail, out _));
        Assert.False(other.TryTakeTurn(_tail, out _));
        Assert.True(other.TryInsert(LogRows.After(_tail, "other"), _tail));
        Assert.False(holder.TryInsert(LogRows.After(_tail, "holder"), _tail));
        Assert.Equal(["first", "other"], await TextsAsync());
    }

    [Fact]
    public async Task TheTurnOfOneThatIsKilledIsTheNexts()
    {
        PostgresAppender holder = Appender(s_patient), other = Appender(s_patient);
        Assert.True(holder.TryTakeTurn(_tail, out _));
        var next = TakeAndAppendAsync(other, "other");
        await WaitingAsync(1);
        await QueryAsync(
            """
            SELECT pg_terminate_backend(locks.pid) FROM pg_locks AS locks JOIN pg_stat_activity AS activity USING (pid)
            WHERE locktype = 'advisory' AND granted AND activity.state = 'idle in transaction'
              AND (locks.classid::bigint << 32 | locks.objid::bigint) = $1
            """);
        Assert.Empty(await next.WaitAsync(s_patience));
        // It was the connection that had died: the silo finds out that it has lost.
        Assert.False(holder.TryInsert(LogRows.After(_tail, "holder"), _tail));
        Assert.Equal(["first", "other"], await TextsAsync());
    }

    [Fact]
    public async Task OneThatStandsStillLosesItsTurnAndGoesOn()
    {
        PostgresAppender holder = Appender(new TurnLimits(Long, Short)), other = Appender(s_patient);
        Assert.True(holder.TryTakeTurn(_tail, out _));
        Assert.True(await Task.Run(() => other.TryTakeTurn(_tail, out _)).WaitAsync(s_patience));
        other.EndTurn();
        // What it appends when it goes on is not lost for that.
        Assert.True(holder.TryInsert(LogRows.After(_tail, "holder"), _tail));
        Assert.Equal(["first", "holder"], await TextsAsync());
    }

    [Fact]
    public async Task WhatIsReadBehindAPrefixIsCheckedAndCutIntoPieces()
    {
        var silo = Appender(s_patient);
        var turns = _database.Log.Turns;
        Assert.True((await turns.ReadNextAsync(_tail)).ReachesTail);
        await _database.Log.FillAsync(_tail, 150);
        var read = new List<LogRow>();
        for (var after = _tail; ;)
        {
            var stretch = await turns.ReadNextAsync(after);
            read.AddRange(stretch.Rows);
            if (stretch.ReachesTail)
                break;
            after = stretch.Rows[^1].AsTail();
        }
        Assert.Equal((await _database.Log.ReadAllAsync(_tail)).Describe(), read.Describe());
        Assert.Null(silo.Read(_tail with { Checksum = 1 }));
        await Assert.ThrowsAsync<LogHistoryChangedException>(() => turns.ReadNextAsync(_tail with { Checksum = 1 }).AsTask());
        // Only what is in the checkpoint may go.
        await using (var folded = _connections.Pool.CreateCommand("UPDATE checkpoint_state SET position = 99"))
            await folded.ExecuteNonQueryAsync();
        await _database.Log.TrimAllAsync(100);
        await Assert.ThrowsAsync<LogHistoryChangedException>(() => turns.ReadNextAsync(_tail).AsTask());
        // What was trimmed off last is a prefix as good as any.
        Assert.Equal(100, (await turns.ReadNextAsync(read[97].AsTail())).Rows[0].Position);
    }

    private PostgresAppender Appender(TurnLimits limits)
    {
        var appender = new PostgresAppender(_connections.Own, PostgresSchema.KeyOf(_cluster), limits);
        _appenders.Add(appender);
        return appender;
    }

    private async Task<IReadOnlyList<LogRow>> TakeAndAppendAsync(PostgresAppender silo, string body)
    {
        await Task.Yield();
        Assert.True(silo.TryTakeTurn(_tail, out var missed));
        var tail = missed!.Value.Rows.Count == 0 ? _tail : missed.Value.Rows[^1].AsTail();
        Assert.True(silo.TryInsert(LogRows.After(tail, body), tail));
        return missed.Value.Rows;
    }

    private async Task<List<string>> TextsAsync() => (await _database.Log.ReadAllAsync()).Texts();

    private async Task WaitingAsync(long silos)
    {
        const string text =
            """
            SELECT count(*) FROM pg_locks
            WHERE locktype = 'advisory' AND NOT granted AND (classid::bigint << 32 | objid::bigint) = $1
            """;
        for (var waited = Stopwatch.StartNew(); (long)(await QueryAsync(text))! != silos;)
        {
            Assert.True(waited.Elapsed < s_patience, $"{silos} silos do not wait for their turn");
            await Task.Delay(1);
        }
    }

    private async Task<object?> QueryAsync(string text)
    {
        await using var connection = await _connections.Pool.OpenConnectionAsync();
        await using var command = new NpgsqlCommand(text, connection);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = PostgresSchema.KeyOf(_cluster) });
        return await command.ExecuteScalarAsync();
    }
}
