using System.Globalization;
using Coordination.Testing;
using Npgsql;

namespace Coordination.Cluster.Tests.Packages;

/// <summary>What the silos' table says, as all of Orleans goes by it, of silos at the lease of every installation.</summary>
internal sealed class Membership : IAsyncDisposable
{
    private const int Dead = 6; // Orleans.Runtime.SiloStatus.Dead
    private const int Silos = 3;

    private readonly int[] _ports;

    private Membership(SiloCluster cluster, int[] ports)
    {
        Cluster = cluster;
        _ports = ports;
    }

    internal SiloCluster Cluster { get; }

    internal static async Task<Membership> StartAsync()
    {
        int[] ports = [.. Enumerable.Range(0, Silos).Select(_ => FreePort.Take())];
        var cluster = await SiloCluster.StartAsync(new ClusterOptions
        {
            Silos = Silos,
            Lease = TimeSpan.FromSeconds(10),
            Arguments = number => ["--silo-port", ports[number].ToString(CultureInfo.InvariantCulture)],
        });
        return new Membership(cluster, ports);
    }

    /// <summary>Whether a silo has been taken for dead, by its number.</summary>
    internal async Task<bool> IsDeadAsync(int silo) => (await DeadAsync()).Contains(silo);

    /// <summary>The numbers of those that have been taken for dead.</summary>
    internal async Task<IReadOnlyList<int>> DeadAsync()
    {
        var settings = new NpgsqlConnectionStringBuilder(Cluster.Database.ConnectionString) { SearchPath = Cluster.Name };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"SELECT port FROM orleans_silo WHERE status = {Dead}", connection);
        var dead = new List<int>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            dead.Add(Array.IndexOf(_ports, reader.GetInt32(0)));
        return dead;
    }

    public ValueTask DisposeAsync() => Cluster.DisposeAsync();
}
