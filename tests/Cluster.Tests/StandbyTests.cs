using System.Diagnostics;
using Coordination.Cluster.Tests.Load;
using Coordination.Testing;
using Xunit.Abstractions;

namespace Coordination.Cluster.Tests;

/// <summary>A database that waits for a standby with every commit, while there is no standby.</summary>
public sealed class StandbyTests(ITestOutputHelper output)
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_lease = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_slack = TimeSpan.FromSeconds(1.5);

    /// <summary>A heartbeat is a commit, too: what ends the lease ends reads and connections with the writes.</summary>
    [Fact]
    public Task Nobody_is_served_without_a_synchronous_standby_and_all_goes_on_with_it() => FaultRounds.RunAsync(async () =>
    {
        await using var cluster = await SiloCluster.StartAsync(new ClusterOptions { Lease = s_lease });
        await using var load = await ClusterLoad.StartAsync(cluster, 2, s_timeout);
        await using var reader = new OutageReader(cluster.EndPoints[0]);
        await reader.WaitUntilReadAsync();

        await cluster.Database.WaitForStandbyAsync("missing");
        await Eventually.TrueAsync(
            () => DatabaseQuery.AskAsync<bool>(
                cluster.Database, "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = 'SyncRep')"),
            s_patience, () => "no commit waits for the standby");
        // From here on each of them does.
        long missing = Stopwatch.GetTimestamp();
        foreach (var silo in cluster.Silos)
        {
            await Eventually.TrueAsync(
                () => silo.Output.Contains("serves nobody until it can prove itself alive", StringComparison.Ordinal),
                s_patience, () => $"{silo.HostAndPort} goes on without heartbeats");
        }
        await Task.Delay(ClusterSettings.Outage);
        bool[] areServed = await Task.WhenAll(load.Clients.Select(client => client.IsServedAsync(s_slack)));
        BrokenPromiseException.ThrowUnless(areServed.All(isServed => !isServed), "a client is served after the lease");
        reader.ThrowIfServedAfter(missing, s_lease);
        BrokenPromiseException.ThrowUnless(
            !load.Clients.Any(client => client.HasWrittenSince(missing)), "a write is acknowledged that no standby has");
        output.WriteLine($"{await CountConnectionsAsync(cluster)} connections to the database");

        await cluster.Database.WaitForStandbyAsync("");
        long back = Stopwatch.GetTimestamp();
        await load.WaitUntilAllWriteAsync();
        output.WriteLine($"all write again {Stopwatch.GetElapsedTime(back).TotalSeconds:0.0} s after the end");
        await Task.WhenAll(cluster.Silos.Select(silo => silo.WaitUntilReadyAsync()));
        await load.StopAsync();
        foreach (var endPoint in cluster.EndPoints)
            output.WriteLine($"{await Verification.VerifyAsync(endPoint, load)} writes at {endPoint}");
        Assert.All(cluster.Silos, silo => Assert.False(silo.HasExited, silo.Output));
    });

    private static Task<long> CountConnectionsAsync(SiloCluster cluster) => DatabaseQuery.AskAsync<long>(
        cluster.Database, "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'");
}
