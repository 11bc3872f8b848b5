using System.Diagnostics;
using Coordination.Cluster.Tests.Load;
using Coordination.Testing;
using Coordination.Testing.RawProtocol;
using Xunit.Abstractions;

namespace Coordination.Cluster.Tests;

/// <summary>A silo is cut off, from the database or from its clients, by a network that tells nobody.</summary>
public sealed class NetworkTests(ITestOutputHelper output)
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_lease = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_slack = TimeSpan.FromSeconds(1.5);

    [NetworkFact]
    public Task A_silo_that_is_cut_off_from_the_database_serves_nobody_and_the_others_go_on() => FaultRounds.RunAsync(async () =>
    {
        await using var networks = await SiloNetworks.MakeAsync(3);
        await using var cluster = await StartAsync(networks, s_lease);
        await using var load = await ClusterLoad.StartAsync(cluster, 2, s_timeout);
        await using var reader = new OutageReader(cluster.EndPoints[0]);
        await reader.WaitUntilReadAsync();

        long began = Stopwatch.GetTimestamp();
        networks.CutFromDatabase(0);
        long cut = Stopwatch.GetTimestamp();
        await Task.Delay(ClusterSettings.Outage);
        // All of them, and none of them through the one that is cut off.
        await load.WaitUntilAllWriteAsync();
        Assert.All(load.Clients, client => Assert.NotEqual(0, client.Silo));
        var lastRead = Stopwatch.GetElapsedTime(began, reader.LastAnswered);
        output.WriteLine($"the last read through it was answered {lastRead.TotalSeconds:0.0} s after the cut");
        reader.ThrowIfServedAfter(cut, s_lease);
        Assert.InRange(lastRead, TimeSpan.MinValue, s_lease + s_slack);

        networks.JoinToDatabase(0);
        Assert.Equal(1, await cluster.Silos[0].WaitForExitAsync(s_patience));
        await cluster.Silos[0].StartAgainAsync();
        await VerifyAsync(cluster, load);
    });

    [NetworkFact]
    public Task A_silo_that_is_cut_off_from_its_clients_gives_them_up_at_their_time_and_serves_again() => FaultRounds.RunAsync(async () =>
    {
        var lease = TimeSpan.FromSeconds(30);
        await using var networks = await SiloNetworks.MakeAsync(3);
        await using var cluster = await StartAsync(networks, lease);
        await using var load = await ClusterLoad.StartAsync(cluster, 2, s_timeout);
        var dead = await RawZooKeeperClient.ConnectAsync(
            cluster.EndPoints[0], new ConnectParameters { SessionTimeout = s_timeout });
        await dead.CreateAsync("/dead", null, CreateMode.Ephemeral);
        await using var watching = await RawZooKeeperClient.ConnectAsync(cluster.EndPoints[1]);
        watching.KeepAlive(TimeSpan.FromSeconds(1));
        await watching.SyncAsync("/");
        Assert.True((await watching.ExistsAsync("/dead", watch: true)).IsOk);

        long pinged = Stopwatch.GetTimestamp();
        await dead.PingAsync();
        networks.CutFromClients(0);
        var notification = await watching.NextNotificationAsync(lease / 2);
        var gone = Stopwatch.GetElapsedTime(pinged);
        Assert.Equal((WatchEventType.NodeDeleted, "/dead"), (notification.Type, notification.Path));
        output.WriteLine(
            $"an ephemeral went {gone.TotalSeconds:0.0} s after its client's last ping, timeout {s_timeout.TotalSeconds:0.0} s");
        BrokenPromiseException.ThrowUnless(
            gone >= s_timeout, $"an ephemeral went {gone} after its client's last ping, its timeout is {s_timeout}");
        Assert.InRange(gone, s_timeout, lease / 2);
        await load.WaitUntilAllWriteAsync();
        Assert.All(load.Clients, client => Assert.NotEqual(0, client.Silo));

        networks.JoinToClients(0);
        await using (var back = await RawZooKeeperClient.ConnectAsync(cluster.EndPoints[0]))
            await back.CloseSessionAsync();
        Assert.False(cluster.Silos[0].HasExited, cluster.Silos[0].Output);
        await dead.DisposeAsync();
        await VerifyAsync(cluster, load);
    });

    internal static async Task<SiloCluster> StartAsync(SiloNetworks networks, TimeSpan lease) => await SiloCluster.StartAsync(
        new ClusterOptions
        {
            Lease = lease,
            Place = silo => new SiloPlace(networks.NamespaceOf(silo), networks.ClientAddressOf(silo), networks.SiloAddressOf(silo)),
            ConnectionString = (silo, direct) => direct.Replace(
                "Host=127.0.0.1", $"Host={networks.DatabaseAddressOf(silo)}", StringComparison.Ordinal),
        },
        await PostgresServer.StartForAsync(networks.Range));

    private async Task VerifyAsync(SiloCluster cluster, ClusterLoad load)
    {
        await load.WaitUntilAllWriteAsync();
        await load.StopAsync();
        foreach (var endPoint in cluster.EndPoints)
            output.WriteLine($"{await Verification.VerifyAsync(endPoint, load)} writes at {endPoint}");
    }
}
