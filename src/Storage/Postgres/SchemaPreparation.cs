using System.Globalization;
using Coordination.Engine.Checkpoint;
using Npgsql;

namespace Coordination.Storage.Postgres;

/// <summary>Makes a cluster's tables, or what they lack.</summary>
/// <param name="connection">A connection without a transaction.</param>
/// <param name="cluster">The cluster: the schema, which the connection's search path names.</param>
/// <param name="genesis">What a new checkpoint is a picture of.</param>
/// <param name="znodes">The rows of a new checkpoint.</param>
internal sealed class SchemaPreparation(
    NpgsqlConnection connection, string cluster, CheckpointState genesis, IReadOnlyCollection<ZnodeChange> znodes)
{
    private const long AdvisoryLock = 0x436f6f7264696e61; // "Coordina": silos that start together make it one by one

    // Nobody queues behind one who reads, or who waits for other silos that start.
    private static readonly TimeSpan _longestHarmlessWait = TimeSpan.FromSeconds(5);

    // A table of the same name may be anybody's: all of them are there, or none.
    private static readonly string[] _tables =
        ["log", "log_state", "checkpoint_state", "znode", "session", "counter", "silo_batch", "silo"];

    private static readonly SchemaPart[] _additions = [.. PostgresSchemaSteps.Additions, .. OrleansSchema.Tables];

    /// <summary>Looks, and makes what is missing: all of it or nothing.</summary>
    /// <remarks>Silos that start together make it one after the other: whoever comes second finds all of it made.</remarks>
    /// <param name="longestWait">For how long to wait for all of a table.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>The incarnation of the log.</returns>
    /// <exception cref="SchemaLockedException">Somebody else has a lock; nothing was done.</exception>
    /// <exception cref="DatabaseException">It is not a schema of ours, or one of a newer format.</exception>
    public async Task<Guid> TryAsync(TimeSpan longestWait, CancellationToken cancellationToken)
    {
        // In a transaction of its own: one who waits for the turn has no lock left that is in the way of another in it.
        await using (await BeginAsync(cancellationToken))
        {
            if (await LookAsync(cancellationToken) is { Incarnation: { } incarnation, Missing.Count: 0 })
                return incarnation;
        }
        await using var transaction = await BeginAsync(cancellationToken);
        await ExecuteAsync($"SELECT pg_advisory_xact_lock({AdvisoryLock})", table: null, cancellationToken);
        var (there, missing) = await LookAsync(cancellationToken);
        await LimitWaitsAsync(longestWait, cancellationToken);
        foreach (var (table, text) in missing)
            await ExecuteAsync(text, table, cancellationToken);
        if (there is null)
            await FillAsync(cancellationToken);
        var (_, made) = await ReadStateAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return made;
    }

    private async Task<NpgsqlTransaction> BeginAsync(CancellationToken cancellationToken)
    {
        var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await LimitWaitsAsync(_longestHarmlessWait, cancellationToken);
        return transaction;
    }

    // For the rest of the transaction.
    private async Task LimitWaitsAsync(TimeSpan longest, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT set_config('lock_timeout', $1, true)", connection);
        command.Parameters.Add(new NpgsqlParameter<string>
        {
            TypedValue = ((int)longest.TotalMilliseconds).ToString(CultureInfo.InvariantCulture),
        });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    // The log that there is, and what is to be done, each to a table.
    private async Task<(Guid? Incarnation, List<(string Table, string Text)> Missing)> LookAsync(
        CancellationToken cancellationToken)
    {
        Guid? incarnation = null;
        var missing = new List<(string Table, string Text)>();
        var content = await SchemaContent.ReadAsync(connection, cluster, cancellationToken);
        if (IsOurs(content))
        {
            (int format, incarnation) = await ReadStateAsync(cancellationToken);
            missing.AddRange(PostgresSchemaSteps.All.Skip(format));
            if (format < PostgresSchema.Version)
                missing.Add(("log_state", $"UPDATE log_state SET format = {PostgresSchema.Version}"));
        }
        else
        {
            missing.Add(("log", $"CREATE SCHEMA IF NOT EXISTS {PostgresSchema.Quote(cluster)}"));
            missing.AddRange(PostgresSchemaSteps.All);
        }
        missing.AddRange(_additions.Where(part => !content.Has(part)).Select(part => (part.Table, part.Text)));
        if (!await HasStatementsAsync(content, cancellationToken))
            missing.Add((OrleansSchema.StatementTable, OrleansSchema.WriteStatements));
        return (incarnation, missing);
    }

    private bool IsOurs(SchemaContent content)
    {
        if (_tables.FirstOrDefault(content.Has) is not { } found)
            return false;
        return _tables.FirstOrDefault(table => !content.Has(table)) is { } missing
            ? throw new DatabaseException(
                $"the schema {cluster} is not one of a coordination service: it has a table {found}, and no {missing}")
            : true;
    }

    private async Task<(int Format, Guid Incarnation)> ReadStateAsync(CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT format, incarnation FROM log_state", connection);
        await using var reader = await ExecuteOursAsync(command, cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
            throw new DatabaseException($"the schema {cluster} is not one of a coordination service");
        int format = reader.GetInt32(0);
        if (format > PostgresSchema.Version)
        {
            throw new DatabaseException(
                $"the schema {cluster} has the format {format}, this program knows up to {PostgresSchema.Version}");
        }
        if (format < 1)
            throw new DatabaseException($"the schema {cluster} has the format {format}, which never was");
        return (format, reader.GetGuid(1));
    }

    private async Task<NpgsqlDataReader> ExecuteOursAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        try
        {
            return await WaitForAsync(() => command.ExecuteReaderAsync(cancellationToken), "log_state");
        }
        catch (PostgresException failure) when (failure.SqlState == PostgresErrorCodes.UndefinedColumn)
        {
            throw new DatabaseException(
                $"the schema {cluster} is not one of a coordination service: {failure.MessageText}", failure);
        }
    }

    private async Task<bool> HasStatementsAsync(SchemaContent content, CancellationToken cancellationToken)
    {
        if (!content.Has(OrleansSchema.VersionOfStatement))
            return false;
        var there = new Dictionary<string, (string Text, int Version)>();
        await using var command = new NpgsqlCommand(OrleansSchema.ReadStatements, connection);
        await using var reader = await WaitForAsync(
            () => command.ExecuteReaderAsync(cancellationToken), OrleansSchema.StatementTable);
        while (await reader.ReadAsync(cancellationToken))
            there.Add(reader.GetString(0), (reader.GetString(1), reader.GetInt32(2)));
        return OrleansSchema.AreThere(there);
    }

    private async Task FillAsync(CancellationToken cancellationToken)
    {
        await using (var command = new NpgsqlCommand(
            "INSERT INTO log_state VALUES (true, $1, $2, 0, 0, $3)", connection))
        {
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = PostgresSchema.Version });
            command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = Guid.NewGuid() });
            command.Parameters.Add(PostgresValues.Checksum(0));
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
        await using (var command = new NpgsqlCommand(
            "INSERT INTO checkpoint_state VALUES (true, $1, $2, $3, $4, $5, 0)", connection))
        {
            PostgresValues.Add(command.Parameters, genesis);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
        await CheckpointChanges.WriteAsync(connection, znodes, cancellationToken);
    }

    private async Task ExecuteAsync(string text, string? table, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(text, connection);
        await WaitForAsync(() => command.ExecuteNonQueryAsync(cancellationToken), table);
    }

    private static async Task<T> WaitForAsync<T>(Func<Task<T>> run, string? table)
    {
        try
        {
            return await run();
        }
        catch (PostgresException failure) when (failure.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            throw new SchemaLockedException(table, failure);
        }
    }
}
