using Coordination.Cluster.Tests.Load;
using Coordination.Testing;
using Coordination.Testing.RawProtocol;
using Xunit.Abstractions;

namespace Coordination.Cluster.Tests;

/// <summary>A silo is held, as by a pause of its machine, and goes on.</summary>
public sealed class PauseTests(ITestOutputHelper output)
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Fact]
    public Task A_silo_that_was_held_for_longer_than_its_lease_serves_nobody_and_ends() => FaultRounds.RunAsync(async () =>
    {
        await using var cluster = await SiloCluster.StartAsync(new ClusterOptions { Lease = TimeSpan.FromSeconds(3) });
        await using var load = await ClusterLoad.StartAsync(cluster, 2, s_timeout);
        await using var writer = await RawZooKeeperClient.ConnectAsync(cluster.EndPoints[1]);
        writer.KeepAlive(TimeSpan.FromSeconds(1));
        await writer.CreateAsync("/value", [0]);
        await using var reader = await RawZooKeeperClient.ConnectAsync(cluster.EndPoints[0]);
        await reader.SyncAsync("/");

        cluster.Silos[0].Pause();
        var lateRead = reader.GetDataAsync("/value");
        var lateWrite = reader.CreateAsync("/late", null);
        await Task.Delay(ClusterSettings.Outage);
        Assert.True((await writer.SetDataAsync("/value", [1])).IsOk);
        await load.WaitUntilAllWriteAsync();
        cluster.Silos[0].Continue();

        // What it had, it does not show any more; what it was asked for, it does not do.
        await ShutOutAsync(lateRead);
        await ShutOutAsync(lateWrite);
        Assert.Equal(1, await cluster.Silos[0].WaitForExitAsync(s_patience));
        Assert.Contains("took this one for dead", cluster.Silos[0].Output, StringComparison.Ordinal);
        BrokenPromiseException.ThrowUnless(
            (await writer.ExistsAsync("/late")).Error == ErrorCode.NoNode, "/late was made by a silo held for dead");
        await cluster.Silos[0].StartAgainAsync();
        await load.WaitUntilAllWriteAsync();
        await load.StopAsync();
        foreach (var endPoint in cluster.EndPoints)
            output.WriteLine($"{await Verification.VerifyAsync(endPoint, load)} writes at {endPoint}");
    });

    [Fact]
    public Task A_silo_that_was_held_for_longer_than_the_sync_limit_shows_nothing_older_and_goes_on() => FaultRounds.RunAsync(async () =>
    {
        await using var cluster = await SiloCluster.StartAsync(new ClusterOptions
        {
            Silos = 2,
            Lease = TimeSpan.FromSeconds(60),
            Arguments = _ => ["--sync-limit", "1000"],
        });
        await using var writer = await RawZooKeeperClient.ConnectAsync(cluster.EndPoints[1]);
        await writer.CreateAsync("/value", [0]);
        await using var reader = await RawZooKeeperClient.ConnectAsync(cluster.EndPoints[0]);
        await reader.SyncAsync("/");
        cluster.Silos[0].Pause();
        var late = reader.GetDataAsync("/value");
        Assert.True((await writer.SetDataAsync("/value", [1])).IsOk);
        await Task.Delay(s_timeout);
        cluster.Silos[0].Continue();
        // It is shut out, or the silo has caught up first.
        try
        {
            byte[] shown = (await late).Value.Data!;
            BrokenPromiseException.ThrowUnless(
                shown is [1], $"{shown[0]} was shown beyond the sync limit after 1 was acknowledged elsewhere");
        }
        catch (ConnectionLostException)
        {
            output.WriteLine("the client is shut out");
        }
        await Eventually.TrueAsync(() => IsServedAsync(cluster.Silos[0]), s_patience, () => cluster.Silos[0].Output);
    });

    [Fact]
    public Task A_silo_that_was_held_within_its_lease_hears_its_clients_before_it_judges_them() => FaultRounds.RunAsync(async () =>
    {
        await using var cluster = await SiloCluster.StartAsync(new ClusterOptions
        {
            Silos = 2,
            Lease = TimeSpan.FromSeconds(60),
            Arguments = _ => ["--sync-limit", "60000"],
        });
        long began = MachineWatch.Begin();
        await using var staying = await RawZooKeeperClient.ConnectAsync(
            cluster.EndPoints[0], new ConnectParameters { SessionTimeout = s_timeout });
        await staying.CreateAsync("/staying", null, CreateMode.Ephemeral);
        staying.KeepAlive(s_timeout / 4);
        var leaving = await RawZooKeeperClient.ConnectAsync(
            cluster.EndPoints[0], new ConnectParameters { SessionTimeout = s_timeout });
        await leaving.CreateAsync("/leaving", null, CreateMode.Ephemeral);
        await using var other = await RawZooKeeperClient.ConnectAsync(cluster.EndPoints[1]);
        other.KeepAlive(TimeSpan.FromSeconds(1));

        cluster.Silos[0].Pause();
        await using var moved = await RawZooKeeperClient.ConnectAsync(cluster.EndPoints[1], new ConnectParameters
        {
            SessionId = leaving.SessionId,
            Password = leaving.Password,
            LastZxidSeen = leaving.LastZxidSeen,
            SessionTimeout = s_timeout,
        });
        moved.KeepAlive(s_timeout / 4);
        await Task.Delay(2 * s_timeout);
        cluster.Silos[0].Continue();

        // It has turned its wheel, and caught up, once it has closed a session that was silent from then on.
        var silent = await RawZooKeeperClient.ConnectAsync(
            cluster.EndPoints[0], new ConnectParameters { SessionTimeout = s_timeout });
        await silent.CreateAsync("/silent", null, CreateMode.Ephemeral);
        await Eventually.TrueAsync(
            async () => (await other.ExistsAsync("/silent")).Error == ErrorCode.NoNode, s_patience, () => "/silent is there");
        await silent.DisposeAsync();
        await SessionKeeping.ThrowUnlessKeptAsync(other, "/staying", staying, s_timeout, began);
        await SessionKeeping.ThrowUnlessKeptAsync(other, "/leaving", moved, s_timeout, began);
        Assert.True((await staying.SetDataAsync("/staying", [1])).IsOk);
        await leaving.Ended.WaitAsync(s_patience);
        await leaving.DisposeAsync();
    });

    private static async Task ShutOutAsync<T>(Task<Reply<T>> late)
    {
        try
        {
            var reply = await late;
            BrokenPromiseException.ThrowUnless(!reply.IsOk, "a silo held for dead did what it was asked when it was");
            Assert.Fail($"{reply.Error} came from a silo held for dead");
        }
        catch (ConnectionLostException)
        {
            // As it should be.
        }
    }

    private static async Task<bool> IsServedAsync(SiloProcess silo)
    {
        try
        {
            await using var client = await RawZooKeeperClient.ConnectAsync(silo.ClientEndPoint);
            return (await client.CloseSessionAsync()).IsOk;
        }
        catch (ConnectionLostException)
        {
            return false;
        }
    }
}
