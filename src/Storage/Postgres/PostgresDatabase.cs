using Coordination.Engine.Checkpoint;
using Npgsql;

namespace Coordination.Storage.Postgres;

/// <summary>A cluster's log and checkpoint in a PostgreSQL database, which its silos share.</summary>
public sealed class PostgresDatabase : IDataStore
{
    private const int ConnectSeconds = 5;
    private const int CommandSeconds = 10;
    private const int MostConnections = 16;
    private const int MostSiloConnections = 2;
    private const int HeartbeatSeconds = 3;
    private const int KeepAliveSeconds = 5;

    // What a silo that is cut off, or held, leaves behind must not stand in the way of the others.
    private const string SessionSettings =
        "-c idle_in_transaction_session_timeout=10s -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 "
        + "-c tcp_keepalives_count=5 -c tcp_user_timeout=15s";

    private readonly NpgsqlDataSource _source;
    private readonly NpgsqlDataSource _siloSource;
    private readonly PostgresLog _log;
    private readonly PostgresCheckpoint _checkpoint;
    private readonly PostgresNotices _notices;

    private PostgresDatabase(
        NpgsqlDataSource source, NpgsqlDataSource siloSource, Guid incarnation, string cluster, string description)
    {
        _notices = new PostgresNotices(source, cluster);
        // Heartbeats have connections of their own: they must not wait for others to be done with theirs.
        Silos = new PostgresSiloTable(siloSource);
        _source = source;
        _siloSource = siloSource;
        _log = new PostgresLog(source, incarnation);
        _checkpoint = new PostgresCheckpoint(source);
        Description = description;
    }

    /// <inheritdoc/>
    public string Description { get; }

    /// <summary>What connects others that keep something in the cluster's schema, password and all: Orleans' providers.</summary>
    public required string ConnectionString { get; init; }

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
        var database = await OpenUncheckedAsync(connectionString, cluster, genesis, znodes, cancellationToken);
        try
        {
            var state = await database.Checkpoint.ReadStateAsync(cancellationToken);
            await using var connection = await database._source.OpenConnectionAsync(cancellationToken);
            await LogQueries.CheckPrefixAsync(
                connection, new LogTail(state.Position, state.Zxid, state.Checksum), cancellationToken);
            return database;
        }
        catch (Exception failure) when (failure is NpgsqlException or LogUnavailableException)
        {
            await database.DisposeAsync();
            throw new DatabaseException($"{database.Description} cannot be used: {failure.Message}", failure);
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
        CancellationToken cancellationToken)
    {
        var settings = Settings(connectionString, cluster);
        string description = $"{settings.Host}:{settings.Port}/{settings.Database} schema {cluster}";
        var source = NpgsqlDataSource.Create(settings);
        try
        {
            await using var connection = await source.OpenConnectionAsync(cancellationToken);
            var incarnation = await PostgresSchema.PrepareAsync(connection, cluster, genesis, znodes, cancellationToken);
            string shared = settings.ConnectionString;
            settings.MaxPoolSize = MostSiloConnections;
            settings.Timeout = HeartbeatSeconds;
            settings.CommandTimeout = HeartbeatSeconds;
            return new PostgresDatabase(source, NpgsqlDataSource.Create(settings), incarnation, cluster, description)
            {
                ConnectionString = shared,
            };
        }
        catch (Exception failure)
        {
            await source.DisposeAsync();
            if (failure is NpgsqlException)
                throw new DatabaseException($"{description} cannot be used: {failure.Message}", failure);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _notices.DisposeAsync();
        await _log.DisposeAsync();
        await _source.DisposeAsync();
        await _siloSource.DisposeAsync();
    }

    private static NpgsqlConnectionStringBuilder Settings(string connectionString, string cluster)
    {
        NpgsqlConnectionStringBuilder settings;
        try
        {
            settings = new NpgsqlConnectionStringBuilder(connectionString);
        }
        catch (ArgumentException failure)
        {
            throw new DatabaseException($"the database's connection string is wrong: {failure.Message}", failure);
        }
        settings.SearchPath = PostgresSchema.Quote(cluster);
        settings.ApplicationName ??= "coordination";
        settings.Timeout = ConnectSeconds;
        settings.CommandTimeout = CommandSeconds;
        settings.MaxPoolSize = MostConnections;
        settings.MaxAutoPrepare = 32;
        // Where several hosts are named: how long one that was away, or a standby, is taken for that.
        settings.HostRecheckSeconds = 1;
        settings.TcpKeepAlive = true;
        settings.TcpKeepAliveTime = KeepAliveSeconds;
        settings.TcpKeepAliveInterval = KeepAliveSeconds;
        // What the operator has set there has the last word.
        settings.Options = $"{SessionSettings} {settings.Options}".TrimEnd();
        // A statement that is cancelled while its commit waits for a standby succeeds, and is not on the standby: we
        // never cancel, but break the connection and ask again.
        settings.CancellationTimeout = -1;
        return settings;
    }
}
