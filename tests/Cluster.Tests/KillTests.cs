using System.Diagnostics;
using Coordination.Cluster.Tests.Load;
using Coordination.Testing;
using Coordination.Testing.RawProtocol;
using Xunit.Abstractions;

namespace Coordination.Cluster.Tests;

/// <summary>Silos die without a word, under load.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private static readonly TimeSpan s_window = TimeSpan.FromSeconds(1.5);
    // Whoever asks for as many kills as the bounds are promised for has a quiet machine; CI's may be a busy one.
    private static readonly TimeSpan s_longestMedian = TimeSpan.FromSeconds(ClusterSettings.IsMeasured ? 0.1 : 1);
    private static readonly TimeSpan s_longestGap = TimeSpan.FromSeconds(ClusterSettings.IsMeasured ? 0.25 : 5);
    private static readonly TimeSpan s_slack = TimeSpan.FromSeconds(3);

    [Fact]
    public Task Clients_of_the_other_silos_write_on_and_those_of_the_dead_keep_their_sessions() => FaultRounds.RunAsync(async () =>
    {
        await using var cluster = await SiloCluster.StartAsync();
        await using var load = await ClusterLoad.StartAsync(cluster, 2, TimeSpan.FromSeconds(6));
        var gaps = new List<TimeSpan>();
        for (int kill = 1; kill <= ClusterSettings.Kills; kill++)
        {
            // The one that most clients write through.
            int victim = load.Clients.GroupBy(client => client.Silo).MaxBy(clients => clients.Count())!.Key;
            var others = load.Clients.Where(client => client.Silo != victim).ToList();
            long killed = Stopwatch.GetTimestamp();
            await cluster.Silos[victim].KillAsync();
            await Task.Delay(s_window);
            await load.WaitUntilAllWriteAsync();
            var gap = others.Max(client => client.LongestGapAround(killed, s_window));
            gaps.Add(gap);
            output.WriteLine($"kill {kill}: silo {victim}, no answer to one of {others.Count} others for {gap.TotalMilliseconds:0} ms");
            await cluster.Silos[victim].StartAgainAsync();
        }
        await load.StopAsync();
        foreach (var endPoint in cluster.EndPoints)
            await Verification.VerifyAsync(endPoint, load);
        gaps.Sort();
        output.WriteLine(
            $"{load.Acknowledged} writes; gaps: median {gaps[gaps.Count / 2].TotalMilliseconds:0} ms, "
            + $"worst {gaps[^1].TotalMilliseconds:0} ms");
        Assert.InRange(gaps[gaps.Count / 2], TimeSpan.Zero, s_longestMedian);
        Assert.InRange(gaps[^1], TimeSpan.Zero, s_longestGap);
    });

    [Fact]
    public Task Ephemerals_of_clients_that_died_with_their_silo_go_at_their_time_and_not_before() => FaultRounds.RunAsync(async () =>
    {
        var options = new ClusterOptions { Lease = TimeSpan.FromSeconds(3) };
        var timeout = TimeSpan.FromSeconds(2);
        await using var cluster = await SiloCluster.StartAsync(options);
        await using var watching = await RawZooKeeperClient.ConnectAsync(cluster.EndPoints[1]);
        watching.KeepAlive(TimeSpan.FromSeconds(1));
        long began = MachineWatch.Begin();
        var dead = await RawZooKeeperClient.ConnectAsync(
            cluster.EndPoints[0], new ConnectParameters { SessionTimeout = timeout });
        var roaming = await RawZooKeeperClient.ConnectAsync(
            cluster.EndPoints[0], new ConnectParameters { SessionTimeout = timeout });
        await dead.CreateAsync("/dead", null, CreateMode.Ephemeral);
        await roaming.CreateAsync("/roaming", null, CreateMode.Ephemeral);
        await watching.SyncAsync("/");
        Assert.True((await watching.ExistsAsync("/dead", watch: true)).IsOk);
        long pinged = Stopwatch.GetTimestamp();
        await Task.WhenAll(dead.PingAsync(), roaming.PingAsync());

        long killed = Stopwatch.GetTimestamp();
        await cluster.Silos[0].KillAsync();
        await using var elsewhere = await RawZooKeeperClient.ConnectAsync(cluster.EndPoints[2], new ConnectParameters
        {
            SessionId = roaming.SessionId,
            Password = roaming.Password,
            LastZxidSeen = roaming.LastZxidSeen,
            SessionTimeout = timeout,
        });
        elsewhere.KeepAlive(timeout / 4);
        await Task.WhenAll(dead.DisposeAsync().AsTask(), roaming.DisposeAsync().AsTask());
        var latest = timeout + options.Lease + options.TickTime;
        var notification = await watching.NextNotificationAsync(latest + s_slack);
        var sincePing = Stopwatch.GetElapsedTime(pinged);
        var sinceKill = Stopwatch.GetElapsedTime(killed);
        Assert.Equal((WatchEventType.NodeDeleted, "/dead"), (notification.Type, notification.Path));
        output.WriteLine(
            $"gone {sinceKill.TotalSeconds:0.0} s after the kill: timeout {timeout.TotalSeconds:0.0} s, lease "
            + $"{options.Lease.TotalSeconds:0.0} s, tick {options.TickTime.TotalSeconds:0.0} s");
        BrokenPromiseException.ThrowUnless(
            sincePing >= timeout, $"an ephemeral went {sincePing} after its client's last ping, its timeout is {timeout}");
        Assert.InRange(sinceKill, TimeSpan.Zero, latest + s_slack);
        await SessionKeeping.ThrowUnlessKeptAsync(elsewhere, "/roaming", elsewhere, timeout, began);
    });
}
