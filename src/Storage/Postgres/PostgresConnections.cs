using System.Globalization;
using Npgsql;

namespace Coordination.Storage.Postgres;

/// <summary>The connections of one silo to its cluster's database.</summary>
internal sealed class PostgresConnections : IAsyncDisposable
{
    private const int ConnectSeconds = 5;
    private const int CommandSeconds = 10;
    private const int MostPooled = 16;
    private const int MostSiloConnections = 2;
    private const int HeartbeatSeconds = 3;
    private const int MostPrepared = 32;
    private const int KeepAliveSeconds = 5;

    // What a silo that is cut off, or held, leaves behind must not stand in the way of the others.
    private const string SessionSettings =
        "-c idle_in_transaction_session_timeout=10s -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 "
        + "-c tcp_keepalives_count=5 -c tcp_user_timeout=15s";

    // A row of the log in one piece.
    private const int BufferSize = 128 << 10;

    private PostgresConnections(NpgsqlDataSource pool, NpgsqlDataSource silos, NpgsqlDataSource own)
    {
        Pool = pool;
        Silos = silos;
        Own = own;
    }

    /// <summary>Connections for a query or a transaction, which keep nothing between two uses but prepared statements.</summary>
    public NpgsqlDataSource Pool { get; }

    /// <summary>Connections for heartbeats, which must not wait for others to be done with theirs.</summary>
    public NpgsqlDataSource Silos { get; }

    /// <summary>Connections that stay with one part of the silo, which may set them up as it likes.</summary>
    public NpgsqlDataSource Own { get; }

    /// <summary>Where the database is, as an operator would say.</summary>
    public required string Description { get; init; }

    /// <summary>What connects others that keep something in the cluster's schema, password and all.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>Reads a connection string; connects to nothing yet.</summary>
    /// <exception cref="DatabaseException">It is wrong.</exception>
    public static PostgresConnections To(string connectionString, string cluster)
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
        // Npgsql would look for Kerberos at each connection, whose library aborts a process that ends in that moment.
        if (!settings.ShouldSerialize("GSS Encryption Mode"))
            settings.GssEncryptionMode = GssEncryptionMode.Disable;
        settings.Timeout = ConnectSeconds;
        settings.CommandTimeout = CommandSeconds;
        // A statement that is cancelled while its commit waits for a standby succeeds, and is not on the standby: we
        // never cancel, but break the connection and ask again.
        settings.CancellationTimeout = -1;
        // Where several hosts are named: how long one that was away, or a standby, is taken for that.
        settings.HostRecheckSeconds = 1;
        settings.TcpKeepAlive = true;
        settings.TcpKeepAliveTime = KeepAliveSeconds;
        settings.TcpKeepAliveInterval = KeepAliveSeconds;
        // What the operator has set there has the last word.
        settings.Options = $"{SessionSettings} {settings.Options}".TrimEnd();
        string description = string.Create(
            CultureInfo.InvariantCulture, $"{settings.Host}:{settings.Port}/{settings.Database} schema {cluster}");

        settings.MaxPoolSize = MostPooled;
        settings.MaxAutoPrepare = MostPrepared;
        string shared = settings.ConnectionString;
        settings.NoResetOnClose = true;
        var pool = NpgsqlDataSource.Create(settings);
        var own = new NpgsqlConnectionStringBuilder(settings.ConnectionString)
        {
            Pooling = false,
            MaxAutoPrepare = 0,
            ReadBufferSize = BufferSize,
        };
        settings.MaxPoolSize = MostSiloConnections;
        settings.Timeout = HeartbeatSeconds;
        settings.CommandTimeout = HeartbeatSeconds;
        return new PostgresConnections(pool, NpgsqlDataSource.Create(settings), NpgsqlDataSource.Create(own))
        {
            Description = description,
            ConnectionString = shared,
        };
    }

    /// <summary>Runs what may be done twice over a connection of the pool; once more at once, over a new one, where that
    /// has broken since it was last used.</summary>
    /// <exception cref="LogUnavailableException">It cannot be done now; the message begins with
    /// <paramref name="failing"/>.</exception>
    public async ValueTask<T> RunAsync<T>(
        string failing, Func<NpgsqlConnection, ValueTask<T>> run, CancellationToken cancellationToken)
    {
        try
        {
            try
            {
                await using var connection = await Pool.OpenConnectionAsync(cancellationToken);
                return await run(connection);
            }
            catch (Exception failure) when (PostgresFailures.IsBroken(failure))
            {
                // What else is in the pool has broken with it.
                Pool.Clear();
            }
            await using var fresh = await Pool.OpenConnectionAsync(cancellationToken);
            return await run(fresh);
        }
        catch (Exception failure) when (PostgresFailures.IsUnavailable(failure))
        {
            throw PostgresFailures.Of(failure, failing);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Pool.DisposeAsync();
        await Silos.DisposeAsync();
        await Own.DisposeAsync();
    }
}
