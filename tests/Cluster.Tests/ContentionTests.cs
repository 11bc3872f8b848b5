using Coordination.Cluster.Tests.Load;
using Coordination.Testing;
using Xunit.Abstractions;

namespace Coordination.Cluster.Tests;

/// <summary>All silos write at once: each appends for itself, and whoever comes second tries again.</summary>
public sealed class ContentionTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Silos_that_all_write_at_once_make_one_order_and_lose_and_double_nothing()
    {
        await using var cluster = await SiloCluster.StartAsync();
        await using var load = await ClusterLoad.StartAsync(cluster, 3, TimeSpan.FromSeconds(10));
        await Task.Delay(ClusterSettings.Contention);
        await load.WaitUntilAllWriteAsync();
        await load.StopAsync();
        int[] counts = await Task.WhenAll(cluster.EndPoints.Select(silo => Verification.VerifyAsync(silo, load)));
        output.WriteLine($"{load.Acknowledged} writes acknowledged, {counts[0]} there");
        Assert.Single(counts.Distinct());
        Assert.All(load.Clients, client => Assert.Equal(0, client.Losses));
    }
}
