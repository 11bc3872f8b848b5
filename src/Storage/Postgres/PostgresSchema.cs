using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
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

    // PostgreSQL ends an autovacuum that is in somebody's way, but only after its deadlock_timeout, which is a second as a rule.
    private static readonly TimeSpan _untilVacuumIsEnded = TimeSpan.FromMilliseconds(1500);

    /// <summary>Makes the cluster's tables where there are none, brings older ones up to this version, and checks them.</summary>
    /// <remarks>Where there is nothing to do, nothing is locked but as a query does it. What must be changed is waited for in
    /// short tries: whoever comes to a table behind somebody who waits for all of it waits, too.</remarks>
    /// <returns>The incarnation of its log.</returns>
    /// <exception cref="DatabaseException">The database cannot hold a log, or the tables are of a newer format, or were locked
    /// by somebody else for too long.</exception>
    public static async Task<Guid> PrepareAsync(
        NpgsqlConnection connection, string cluster, CheckpointState genesis, IReadOnlyCollection<ZnodeChange> znodes,
        SchemaLimits limits, CancellationToken cancellationToken)
    {
        await CheckDatabaseAsync(connection, cancellationToken);
        var preparation = new SchemaPreparation(connection, cluster, genesis, znodes);
        long began = Stopwatch.GetTimestamp();
        var longestTry = limits.LongestTry;
        while (true)
        {
            try
            {
                return await preparation.TryAsync(longestTry, cancellationToken);
            }
            catch (SchemaLockedException locked)
            {
                var holders = locked.Table is { } table
                    ? await SchemaLockHolders.ReadAsync(connection, table, cancellationToken)
                    : SchemaLockHolders.None;
                var waited = Stopwatch.GetElapsedTime(began);
                if (waited >= limits.Longest)
                    throw WaitedInVain(cluster, locked, holders, waited);
                longestTry = holders.AreVacuum ? _untilVacuumIsEnded : limits.LongestTry;
            }
            await Task.Delay(limits.Pause, cancellationToken);
        }
    }

    /// <summary>A number that stands for the cluster where the database has one space of names for all: among the advisory locks,
    /// the one of the silo whose turn it is to append.</summary>
    public static long KeyOf(string cluster) => BinaryPrimitives.ReadInt64BigEndian(
        SHA256.HashData(Encoding.UTF8.GetBytes($"coordination {cluster}")));

    /// <summary>The name of a schema as it stands in a statement.</summary>
    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static DatabaseException WaitedInVain(
        string cluster, SchemaLockedException locked, SchemaLockHolders holders, TimeSpan waited)
    {
        string by = holders.Text.Length > 0 ? $", by {holders.Text}" : "";
        return new DatabaseException(string.Create(
            CultureInfo.InvariantCulture,
            $"the schema {cluster} cannot be prepared: {locked.Message} for {waited.TotalSeconds:0.#} s{by}"), locked);
    }

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
}
