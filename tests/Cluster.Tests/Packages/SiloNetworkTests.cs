using Coordination.Cluster.Tests.Load;
using Coordination.Testing;
using Xunit.Abstractions;

namespace Coordination.Cluster.Tests.Packages;

/// <summary>A silo is cut off from the other silos alone.</summary>
public sealed class SiloNetworkTests(ITestOutputHelper output)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [NetworkFact]
    public Task A_silo_that_is_cut_off_from_the_other_silos_ends_and_clients_write_on() => FaultRounds.RunAsync(async () =>
    {
        await using var networks = await SiloNetworks.MakeAsync(3);
        await using var cluster = await NetworkTests.StartAsync(networks, TimeSpan.FromSeconds(5));
        await using var load = await ClusterLoad.StartAsync(cluster, 2, TimeSpan.FromSeconds(2));
        await load.WaitUntilAllWriteAsync();

        networks.CutFromSilos(0);
        Assert.Equal(1, await cluster.Silos[0].WaitForExitAsync(s_patience));
        Assert.Contains("took this one for dead", cluster.Silos[0].Output, StringComparison.Ordinal);
        Assert.All(cluster.Silos.Skip(1), silo => Assert.False(silo.HasExited, silo.Output));
        await load.WaitUntilAllWriteAsync();

        networks.JoinToSilos(0);
        await cluster.Silos[0].StartAgainAsync();
        await load.WaitUntilAllWriteAsync();
        await load.StopAsync();
        foreach (var endPoint in cluster.EndPoints)
            output.WriteLine($"{await Verification.VerifyAsync(endPoint, load)} writes at {endPoint}");
    });
}
