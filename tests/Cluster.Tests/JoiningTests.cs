using Coordination.Testing;
using Coordination.Testing.RawProtocol;

namespace Coordination.Cluster.Tests;

/// <summary>Silos come and go while clients are at work.</summary>
public sealed class JoiningTests
{
    [Fact]
    public async Task A_write_through_any_silo_is_seen_through_every_other()
    {
        await using var cluster = await SiloCluster.StartAsync();
        await using var first = await RawZooKeeperClient.ConnectAsync(cluster.EndPoints[0]);
        foreach (var (endPoint, number) in cluster.EndPoints.Select((endPoint, number) => (endPoint, number)))
        {
            await using var writer = await RawZooKeeperClient.ConnectAsync(endPoint);
            Assert.Equal($"/from-{number}", (await writer.CreateAsync($"/from-{number}", [(byte)number])).Value);
            foreach (var other in cluster.EndPoints)
            {
                await using var reader = await RawZooKeeperClient.ConnectAsync(other);
                await reader.SyncAsync("/");
                Assert.Equal([(byte)number], (await reader.GetDataAsync($"/from-{number}")).Value.Data!);
            }
        }
    }
}
