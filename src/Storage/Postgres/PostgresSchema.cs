using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Coordination.Engine.Checkpoint;
using Npgsql;

namespace Coordination.Storage.Postgres;

/// <summary>The tables of one cluster: a schema of the database, so that several clusters can share one.</summary>
internal static class PostgresSchema
{
    /// <summary>The version of the tables that this program makes and understands.</summary>
    public static int Version => PostgresSchemaSteps.All.Count;

    private const long AdvisoryLock = 0x436f6f7264696e61; // "Coordina": silos that start together make it one by one

    /// <summary>Makes the cluster's tables where there are none, brings older ones up to this version, and checks them.</summary>
    /// <remarks>Silos that start together do it one after the other, in one transaction each: whoever comes second finds
    /// all of it done.</remarks>
    /// <returns>The incarnation of its log.</returns>
    /// <exception cref="DatabaseException">The database cannot hold a log, or the tables are of a newer format.</exception>
    public static async Task<Guid> PrepareAsync(
        NpgsqlConnection connection, string cluster, CheckpointState genesis, IEnumerable<ZnodeChange> znodes,
        CancellationToken cancellationToken)
    {
        await CheckDatabaseAsync(connection, cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, $"SELECT pg_advisory_xact_lock({AdvisoryLock})", cancellationToken);
        if (await ExistsAsync(connection, cluster, cancellationToken))
        {
            await UpgradeAsync(connection, cluster, cancellationToken);
        }
        else
        {
            await ExecuteAsync(connection, $"CREATE SCHEMA IF NOT EXISTS {Quote(cluster)}", cancellationToken);
            foreach (string step in PostgresSchemaSteps.All)
                await ExecuteAsync(connection, step, cancellationToken);
            await FillAsync(connection, genesis, znodes, cancellationToken);
        }
        var (_, incarnation) = await ReadStateAsync(connection, cluster, cancellationToken);
        await ExecuteAsync(connection, PostgresSchemaSteps.Additions, cancellationToken);
        await ExecuteAsync(connection, OrleansSchema.Script, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return incarnation;
    }

    /// <summary>A number that stands for the cluster where the database has one space of names for all: among the advisory locks,
    /// the one of the silo whose turn it is to append.</summary>
    public static long KeyOf(string cluster) => BinaryPrimitives.ReadInt64BigEndian(
        SHA256.HashData(Encoding.UTF8.GetBytes($"coordination {cluster}")));

    /// <summary>The name of a schema as it stands in a statement.</summary>
    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static async Task CheckDatabaseAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        const string settings =
            """
            SELECT current_setting('fsync'), current_setting('full_page_writes'), current_setting('synchronous_commit'),
              current_setting('server_encoding')
            """;
        await using var command = new NpgsqlCommand(settings, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        if (reader.GetString(0) == "off" || reader.GetString(1) == "off" || reader.GetString(2) == "off")
        {
            throw new DatabaseException(
                "the database acknowledges before it is durable: fsync, full_page_writes and synchronous_commit must be on");
        }
        if (reader.GetString(3) != "UTF8")
            throw new DatabaseException($"the database's encoding is {reader.GetString(3)}; it must be UTF8");
    }

    // A table of the same name may be anybody's: all of them are there, or none.
    private static async Task<bool> ExistsAsync(
        NpgsqlConnection connection, string cluster, CancellationToken cancellationToken)
    {
        string[] tables = ["log", "log_state", "checkpoint_state", "znode", "session", "counter", "silo_batch", "silo"];
        await using var command = new NpgsqlCommand(
            "SELECT tablename FROM pg_tables WHERE schemaname = $1 AND tablename = ANY ($2)", connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = cluster });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = tables });
        var found = new List<string>();
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
                found.Add(reader.GetString(0));
        }
        if (found.Count > 0 && tables.FirstOrDefault(table => !found.Contains(table)) is { } missing)
        {
            throw new DatabaseException(
                $"the schema {cluster} is not one of a coordination service: it has a table {found[0]}, and no {missing}");
        }
        return found.Count > 0;
    }

    private static async Task FillAsync(
        NpgsqlConnection connection, CheckpointState genesis, IEnumerable<ZnodeChange> znodes,
        CancellationToken cancellationToken)
    {
        await using (var command = new NpgsqlCommand(
            "INSERT INTO log_state VALUES (true, $1, $2, 0, 0, $3)", connection))
        {
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = Version });
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
        await CheckpointChanges.WriteAsync(connection, [.. znodes], cancellationToken);
    }

    private static async Task UpgradeAsync(NpgsqlConnection connection, string cluster, CancellationToken cancellationToken)
    {
        var (format, _) = await ReadStateAsync(connection, cluster, cancellationToken);
        if (format == Version)
            return;
        foreach (string step in PostgresSchemaSteps.All.Skip(format))
            await ExecuteAsync(connection, step, cancellationToken);
        await ExecuteAsync(connection, $"UPDATE log_state SET format = {Version}", cancellationToken);
    }

    private static async Task<(int Format, Guid Incarnation)> ReadStateAsync(
        NpgsqlConnection connection, string cluster, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT format, incarnation FROM log_state", connection);
        await using var reader = await ExecuteOursAsync(command, cluster, cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
            throw new DatabaseException($"the schema {cluster} is not one of a coordination service");
        int format = reader.GetInt32(0);
        if (format > Version)
            throw new DatabaseException($"the schema {cluster} has the format {format}, this program knows up to {Version}");
        if (format < 1)
            throw new DatabaseException($"the schema {cluster} has the format {format}, which never was");
        return (format, reader.GetGuid(1));
    }

    private static async Task<NpgsqlDataReader> ExecuteOursAsync(
        NpgsqlCommand command, string cluster, CancellationToken cancellationToken)
    {
        try
        {
            return await command.ExecuteReaderAsync(cancellationToken);
        }
        catch (PostgresException failure) when (failure.SqlState == PostgresErrorCodes.UndefinedColumn)
        {
            throw new DatabaseException(
                $"the schema {cluster} is not one of a coordination service: {failure.MessageText}", failure);
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string text, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(text, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
