using Coordination.Engine.Checkpoint;
using Npgsql;

namespace Coordination.Storage.Postgres;

/// <summary>A cluster's log and checkpoint in a PostgreSQL database, which its silos share.</summary>
public sealed class PostgresDatabase : IDataStore
{
    private const string Figures =
        """
        SELECT
          (SELECT coalesce(sum(pg_total_relation_size(class.oid)), 0)::bigint
            FROM pg_class AS class JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
            WHERE class.relkind = 'r' AND namespace.nspname = current_schema()),
          pg_total_relation_size('log'), advanced
        FROM checkpoint_state
        """;

    private readonly PostgresConnections _connections;
    private readonly PostgresLog _log;
    private readonly PostgresCheckpoint _checkpoint;
    private readonly PostgresNotices _notices;

    private PostgresDatabase(PostgresConnections connections, Guid incarnation, string cluster)
    {
        _connections = connections;
        _notices = new PostgresNotices(connections.Own, cluster);
        Silos = new PostgresSiloTable(connections.Silos);
        _log = new PostgresLog(connections, incarnation, cluster);
        _checkpoint = new PostgresCheckpoint(connections);
    }

    /// <inheritdoc/>
    public string Description => _connections.Description;

    /// <summary>What connects others that keep something in the cluster's schema, password and all: Orleans' providers.</summary>
    public string ConnectionString => _connections.ConnectionString;

    /// <inheritdoc/>
    public ILog Log => _log;

    /// <inheritdoc/>
    public ICheckpoint Checkpoint => _checkpoint;

    /// <inheritdoc/>
    public ILogNotices Notices => _notices;

    /// <summary>The cluster's silos.</summary>
    public ISiloTable Silos { get; }

    /// <summary>Opens a cluster's store; makes it where there is none.</summary>
    /// <param name="connectionString">Where the database is, as Npgsql writes it.</param>
    /// <param name="cluster">The cluster: a schema of the database.</param>
    /// <param name="genesis">What a new checkpoint is a picture of: the beginning of the log.</param>
    /// <param name="znodes">The rows of a new checkpoint, as <see cref="ZnodeChangeKind.Put"/>.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    /// <exception cref="DatabaseException">The database cannot be used; the message says why.</exception>
    /// <exception cref="LogCorruptException">What it holds does not belong together.</exception>
    public static async Task<PostgresDatabase> OpenAsync(
        string connectionString, string cluster, CheckpointState genesis, IEnumerable<ZnodeChange> znodes,
        CancellationToken cancellationToken)
    {
        var database = await OpenUncheckedAsync(
            connectionString, cluster, genesis, znodes, SchemaLimits.ForSilo, cancellationToken);
        try
        {
            var state = await database.Checkpoint.ReadStateAsync(cancellationToken);
            await using var connection = await database._connections.Pool.OpenConnectionAsync(cancellationToken);
            await LogQueries.CheckPrefixAsync(
                connection, new LogTail(state.Position, state.Zxid, state.Checksum), cancellationToken);
            return database;
        }
        catch (Exception failure) when (failure is NpgsqlException or LogUnavailableException)
        {
            await database.DisposeAsync();
            throw new DatabaseException($"{database.Description} cannot be used: {PostgresFailures.TextOf(failure)}", failure);
        }
        catch (LogHistoryChangedException failure)
        {
            await database.DisposeAsync();
            throw new LogCorruptException(
                $"{database.Description}: the checkpoint does not belong to the log: {failure.Message}", failure);
        }
    }

    /// <summary>Opens a store without looking whether its log and its checkpoint belong together.</summary>
    internal static async Task<PostgresDatabase> OpenUncheckedAsync(
        string connectionString, string cluster, CheckpointState genesis, IEnumerable<ZnodeChange> znodes,
        SchemaLimits limits, CancellationToken cancellationToken)
    {
        var connections = PostgresConnections.To(connectionString, cluster);
        try
        {
            await using var connection = await connections.Pool.OpenConnectionAsync(cancellationToken);
            var incarnation = await PostgresSchema.PrepareAsync(
                connection, cluster, genesis, [.. znodes], limits, cancellationToken);
            return new PostgresDatabase(connections, incarnation, cluster);
        }
        catch (Exception failure)
        {
            await connections.DisposeAsync();
            if (failure is NpgsqlException)
                throw new DatabaseException($"{connections.Description} cannot be used: {PostgresFailures.TextOf(failure)}", failure);
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask<StoreFigures> MeasureAsync(CancellationToken cancellationToken) => _connections.RunAsync(
        "how much there is cannot be asked",
        async connection =>
        {
            await using var command = new NpgsqlCommand(Figures, connection);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            return await reader.ReadAsync(cancellationToken)
                ? new StoreFigures(
                    reader.GetInt64(0), reader.GetInt64(1),
                    reader.IsDBNull(2) ? null : reader.GetFieldValue<DateTimeOffset>(2))
                : throw new LogCorruptException("the row of the table checkpoint_state is missing");
        },
        cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _notices.DisposeAsync();
        await _log.DisposeAsync();
        await _connections.DisposeAsync();
    }
}
