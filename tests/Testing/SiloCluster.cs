using System.Globalization;
using System.Net;
using Coordination.Testing.RawProtocol;

namespace Coordination.Testing;

/// <summary>Several silos, each a process, on a PostgreSQL of their own.</summary>
/// <remarks>What a test does to one of them it does to the <see cref="SiloProcess"/>: kill, pause, continue, terminate,
/// start again, on the same port.</remarks>
public sealed class SiloCluster : IAsyncDisposable
{
    private readonly ClusterOptions _options;
    private readonly List<SiloProcess> _silos = [];

    private SiloCluster(ClusterOptions options, PostgresServer database)
    {
        _options = options;
        Database = database;
    }

    /// <summary>The database that they share.</summary>
    public PostgresServer Database { get; }

    /// <summary>The schema that they share.</summary>
    public string Name => _options.Name;

    /// <summary>All silos that were ever started, running or not, by their number from 0 on.</summary>
    public IReadOnlyList<SiloProcess> Silos => _silos;

    /// <summary>Where clients reach them, by their number.</summary>
    public IReadOnlyList<IPEndPoint> EndPoints => [.. _silos.Select(silo => silo.ClientEndPoint)];

    /// <summary>Starts the silos, all at once, and waits until each serves sessions.</summary>
    /// <param name="options">How.</param>
    /// <param name="database">The database, which the cluster ends with itself; null for a new one.</param>
    public static async Task<SiloCluster> StartAsync(ClusterOptions? options = null, PostgresServer? database = null)
    {
        database ??= await PostgresServer.StartAsync();
        var cluster = new SiloCluster(options ?? new ClusterOptions(), database);
        try
        {
            for (int i = 0; i < cluster._options.Silos; i++)
                cluster.Launch();
            await Task.WhenAll(cluster._silos.Select(silo => silo.WaitUntilStartedAsync()));
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts one more silo and waits until it serves sessions.</summary>
    public async Task<SiloProcess> AddSiloAsync()
    {
        var silo = Launch();
        await silo.WaitUntilStartedAsync();
        return silo;
    }

    /// <summary>Starts one more silo and waits for nothing.</summary>
    public SiloProcess Launch()
    {
        int number = _silos.Count;
        var place = _options.Place(number);
        var silo = SiloProcess.Launch(new SiloOptions
        {
            Version = _options.Version,
            NetworkNamespace = place.NetworkNamespace,
            ClientAddress = place.ClientAddress,
            TickTime = _options.TickTime,
            ReadyWithin = _options.ReadyWithin,
            Arguments =
            [
                "--database", _options.ConnectionString(number, Database.ConnectionString),
                "--cluster", _options.Name,
                "--silo-address", place.SiloAddress.ToString(),
                "--silo-port", FreePort.Take().ToString(CultureInfo.InvariantCulture),
                "--gateway-port", FreePort.Take().ToString(CultureInfo.InvariantCulture),
                "--silo-lease", ((int)_options.Lease.TotalMilliseconds).ToString(CultureInfo.InvariantCulture),
                .. _options.Arguments(number),
            ],
        });
        _silos.Add(silo);
        return silo;
    }

    /// <summary>Opens a session on a silo, and keeps it alive.</summary>
    public async Task<RawZooKeeperClient> ConnectAsync(int silo)
    {
        var client = await RawZooKeeperClient.ConnectAsync(EndPoints[silo]);
        client.KeepAlive(TimeSpan.FromSeconds(1));
        return client;
    }

    /// <summary>Takes a client's session to another silo, and keeps it alive there.</summary>
    public async Task<RawZooKeeperClient> MoveAsync(RawZooKeeperClient from, int silo)
    {
        var client = await RawZooKeeperClient.ConnectAsync(EndPoints[silo], new ConnectParameters
        {
            SessionId = from.SessionId,
            Password = from.Password,
            LastZxidSeen = from.LastZxidSeen,
        });
        client.KeepAlive(TimeSpan.FromSeconds(1));
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        // One that is paused dies of its kill all the same.
        await Task.WhenAll(_silos.Select(silo => silo.DisposeAsync().AsTask()));
        await Database.DisposeAsync();
    }
}
