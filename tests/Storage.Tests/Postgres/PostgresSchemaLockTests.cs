using System.Diagnostics;
using Coordination.Engine.Checkpoint;
using Coordination.Storage.Postgres;
using Npgsql;

namespace Coordination.Storage.Tests.Postgres;

/// <summary>Silos that start while others have the tables locked, as a backup does that reads them for hours.</summary>
[Collection("PostgreSQL")]
public sealed class PostgresSchemaLockTests(PostgresFixture fixture) : IAsyncLifetime
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private static readonly SchemaLimits s_patient = new(
        TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(100), s_patience);

    private static readonly SchemaLimits s_impatient = new(
        TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(500));

    // Those behind one who waits for all of a table: the try, and what a busy machine makes of it.
    private static readonly TimeSpan s_longestRead = TimeSpan.FromSeconds(5);

    private readonly string _cluster = $"locked {Guid.NewGuid():N}";
    private NpgsqlConnection _holder = null!;
    private NpgsqlConnection _other = null!;

    public async Task InitializeAsync()
    {
        await (await OpenAsync(s_patient)).DisposeAsync();
        _holder = await ConnectAsync("backup");
        _other = await ConnectAsync("other");
    }

    public async Task DisposeAsync()
    {
        await _holder.DisposeAsync();
        await _other.DisposeAsync();
    }

    /// <summary>In this mode a table can be read, and nothing else.</summary>
    [Fact]
    public async Task AStartThatHasNothingToChangeLocksNothing()
    {
        string tables = (string)(await ReadAsync(
            "SELECT string_agg(quote_ident(tablename), ', ') FROM pg_tables WHERE schemaname = current_schema()"))!;
        Assert.Contains("checkpoint_state", tables, StringComparison.Ordinal);
        Assert.Contains("orleansquery", tables, StringComparison.Ordinal);
        await using var transaction = await _holder.BeginTransactionAsync();
        await ExecuteAsync(_holder, $"LOCK TABLE {tables} IN EXCLUSIVE MODE");
        await HoldTurnAsync();
        await using var database = await OpenAsync(s_patient).WaitAsync(s_patience);
        Assert.Equal(Genesis.State, await database.Checkpoint.ReadStateAsync(default));
    }

    [Theory]
    [InlineData("checkpoint_state", "ALTER TABLE checkpoint_state DROP COLUMN advanced", "advanced")]
    [InlineData("orleansquery", "ALTER TABLE orleansquery DROP COLUMN version", "version")]
    [InlineData("orleans_silo", "ALTER TABLE orleans_silo DROP COLUMN noted_silent", "noted_silent")]
    [InlineData(
        "silo",
        """
        UPDATE log_state SET format = 1;
        ALTER TABLE silo DROP COLUMN entry, DROP COLUMN is_observer, DROP COLUMN format_level
        """,
        "entry")]
    public async Task ATableThatIsReadIsChangedAfterwardsAndNobodyElseWaitsForLong(string table, string removal, string column)
    {
        await ExecuteAsync(_other, removal);
        await using var transaction = await _holder.BeginTransactionAsync();
        await ExecuteAsync(_holder, $"LOCK TABLE {table} IN ACCESS SHARE MODE");
        var opening = OpenAsync(s_patient);
        var tries = new HashSet<string>();
        while (tries.Count < 3)
        {
            Assert.False(opening.IsCompleted, "the table was not waited for");
            await ExpectReadAsync(table);
            if (await WaitingAsync() is { } waiting)
                tries.Add(waiting);
        }
        Assert.False(await HasAsync(table, column));
        await transaction.CommitAsync();
        await (await opening.WaitAsync(s_patience)).DisposeAsync();
        Assert.True(await HasAsync(table, column));
        Assert.Equal(PostgresSchema.Version, await ReadAsync("SELECT format FROM log_state"));
    }

    [Fact]
    public async Task WhatIsWaitedForInVainIsToldAndNothingIsChanged()
    {
        await ExecuteAsync(_other, "ALTER TABLE checkpoint_state DROP COLUMN advanced; DROP TABLE session_answers");
        await using var transaction = await _holder.BeginTransactionAsync();
        await ExecuteAsync(_holder, "LOCK TABLE checkpoint_state IN ACCESS SHARE MODE");
        var refused = await Assert.ThrowsAsync<DatabaseException>(() => OpenAsync(s_impatient).WaitAsync(s_patience));
        Assert.Matches(
            $"^the schema {_cluster} cannot be prepared: the table checkpoint_state has been locked for [0-9.]+ s, "
            + $@"by process {_holder.ProcessID} \(backup\) in a transaction of [0-9]+ s$",
            refused.Message);
        Assert.False(await HasAsync("session_answers", "id"));
    }

    [Fact]
    public async Task ATurnThatIsWaitedForInVainIsTold()
    {
        await ExecuteAsync(_other, "DROP TABLE session_answers");
        await using var transaction = await _holder.BeginTransactionAsync();
        await HoldTurnAsync();
        var refused = await Assert.ThrowsAsync<DatabaseException>(() => OpenAsync(s_impatient).WaitAsync(s_patience));
        Assert.Matches(
            $"^the schema {_cluster} cannot be prepared: other silos have been preparing it for [0-9.]+ s$", refused.Message);
    }

    // The advisory lock of silos that change a schema.
    private Task HoldTurnAsync() => ExecuteAsync(_holder, "SELECT pg_advisory_xact_lock(x'436f6f7264696e61'::bigint)");

    private async Task ExpectReadAsync(string table)
    {
        long began = Stopwatch.GetTimestamp();
        await ReadAsync($"SELECT count(*) FROM {table}");
        Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, s_longestRead);
    }

    // The transaction that waits for all of a table of this cluster: each try is another.
    private async Task<string?> WaitingAsync() => (string?)await ReadAsync(
        """
        SELECT virtualtransaction FROM pg_locks JOIN pg_class AS class ON class.oid = relation
        WHERE NOT granted AND mode = 'AccessExclusiveLock' AND class.relnamespace = to_regnamespace(quote_ident(current_schema()))
        LIMIT 1
        """);

    private async Task<bool> HasAsync(string table, string column) => (long)(await ReadAsync(
        $"""
        SELECT count(*) FROM information_schema.columns
        WHERE table_schema = current_schema() AND table_name = '{table}' AND column_name = '{column}'
        """))! == 1;

    private Task<PostgresDatabase> OpenAsync(SchemaLimits limits) => PostgresDatabase.OpenUncheckedAsync(
        fixture.Server.ConnectionString, _cluster, Genesis.State, Genesis.Znodes(), limits, default);

    private async Task<NpgsqlConnection> ConnectAsync(string name)
    {
        var settings = new NpgsqlConnectionStringBuilder(fixture.Server.ConnectionString)
        {
            SearchPath = $"\"{_cluster}\"",
            ApplicationName = name,
            Pooling = false,
        };
        var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string text)
    {
        await using var command = new NpgsqlCommand(text, connection);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<object?> ReadAsync(string text)
    {
        await using var command = new NpgsqlCommand(text, _other);
        return await command.ExecuteScalarAsync();
    }
}
