using Coordination.Testing;

namespace Coordination.Scheduler.Tests.Running;

/// <summary>Three silos on one PostgreSQL.</summary>
internal sealed class ThreeSilos : IService
{
    private readonly SiloCluster _cluster;
    private int _killed;

    private ThreeSilos(SiloCluster cluster) => _cluster = cluster;

    public string ConnectionString => string.Join(',', _cluster.EndPoints);

    public IReadOnlyDictionary<string, string> ForOrleans => new Dictionary<string, string>
    {
        ["Database"] = _cluster.Database.ConnectionString,
        ["Cluster"] = _cluster.Name,
    };

    public static async Task<ThreeSilos> StartAsync() =>
        new(await SiloCluster.StartAsync(new ClusterOptions { TickTime = SchedulerCluster.TickTime, Lease = TimeSpan.FromSeconds(5) }));

    // One after the other.
    public async Task KillAsync()
    {
        var silo = _cluster.Silos[_killed++ % _cluster.Silos.Count];
        await silo.KillAsync();
        await silo.StartAgainAsync();
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();
}
