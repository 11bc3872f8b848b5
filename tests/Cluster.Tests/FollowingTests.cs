using System.Net;
using Coordination.Cluster.Tests.Following;
using Coordination.Testing;
using Coordination.Testing.Following;
using Coordination.Testing.RawProtocol;
using Npgsql;
using Xunit.Abstractions;

namespace Coordination.Cluster.Tests;

/// <summary>Watches that go on from a zxid, over silos that come and go.</summary>
public sealed class FollowingTests(ITestOutputHelper output)
{
    private const string Top = "/followed";
    // About as many as are read before those that were asked for.
    private const int RowsToTrim = 1000;

    private static readonly TimeSpan s_ping = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Every_change_is_told_once_to_who_moves_while_silos_die_and_all_write()
    {
        await using var cluster = await SiloCluster.StartAsync(new ClusterOptions { Lease = ForgetfulSilos.Lease });
        await using var writers = await TreeWriters.StartAsync(cluster.EndPoints, Top);
        TreeFollower[] followers =
        [
            .. new[] { 100, 200, 400, int.MaxValue }.Select(most => new TreeFollower(cluster.EndPoints, Top, writers.Start, most)),
        ];
        var end = new TaskCompletionSource<long>();
        var following = Task.WhenAll(followers.Select(follower => Task.Run(() => follower.RunAsync(end.Task))));
        for (int kill = 0; kill < ClusterSettings.Kills; kill++)
        {
            var silo = cluster.Silos[Random.Shared.Next(cluster.Silos.Count)];
            await silo.KillAsync();
            await HearMoreAsync(followers, following, writers, 100);
            await silo.StartAgainAsync();
            await HearMoreAsync(followers, following, writers, 200);
        }
        await writers.StopAsync();
        Assert.All(cluster.Silos, static silo => Assert.False(silo.HasExited, silo.Output));
        await using var client = await RawZooKeeperClient.ConnectAsync(cluster.EndPoints[0]);
        end.SetResult((await client.SyncAsync("/")).Zxid);
        await following.WaitAsync(s_patience);
        foreach (var follower in followers)
        {
            var story = follower.Story;
            output.WriteLine($"{story.Changes} changes, {story.PreviousKnown} with what was before, {follower.Moves} moves");
            Assert.DoesNotContain(writers.Acknowledged, write => !story.HasToldOf(write.Key));
            await story.CompareAsync(client);
        }
        output.WriteLine($"{writers.Acknowledged.Count} writes acknowledged");
    }

    [Theory]
    [InlineData(LogStore.Folder)]
    [InlineData(LogStore.Database)]
    public async Task What_was_trimmed_off_is_told_to_be_lost_and_all_after_that_is_told(LogStore store)
    {
        await using var forgetful = await ForgetfulSilos.StartAsync(store);
        var silos = forgetful.EndPoints;
        await using var writers = await TreeWriters.StartAsync(silos, Top);
        await TrimmedLog.UntilItBeginsAfterAsync(silos[0], writers.Start);
        var told = silos.Select(silo => FollowedTail.BeginAsync(silo, Top, writers.Start)).ToList();
        var first = await told[0];
        Assert.NotNull(first.LostThrough);
        // What comes after that is in the log, or is told as it happens: nothing is lost twice.
        told.Add(FollowedTail.BeginAsync(silos[^1], Top, first.LostThrough.Value));
        var tails = await Task.WhenAll(told);
        int enough = writers.Acknowledged.Count + 500;
        await Eventually.TrueAsync(() => writers.Acknowledged.Count >= enough, s_patience, () => "nothing more is written");
        await writers.StopAsync();
        await using var client = await RawZooKeeperClient.ConnectAsync(silos[0]);
        long end = (await client.SyncAsync("/")).Zxid;
        foreach (var tail in tails)
        {
            Assert.Equal(tail == tails[^1], tail.LostThrough is null);
            long after = tail.LostThrough ?? first.LostThrough.Value;
            var zxids = await tail.ReadThroughAsync(end);
            output.WriteLine($"{zxids.Count} zxids after 0x{after:x}");
            Assert.All(zxids, zxid => Assert.True(zxid > after));
            Assert.DoesNotContain(writers.Acknowledged, write => write.Key > after && !zxids.Contains(write.Key));
            await tail.DisposeAsync();
        }
    }

    [Fact]
    public async Task What_is_there_is_not_told_to_be_lost_while_what_came_before_is_being_trimmed_off()
    {
        await using var cluster = await SiloCluster.StartAsync(new ClusterOptions { Silos = 1, Lease = ForgetfulSilos.Lease });
        await using var writer = await RawZooKeeperClient.ConnectAsync(cluster.EndPoints[0]);
        writer.KeepAlive(s_ping);
        await writer.CreateAsync(Top, null);
        for (int i = 0; i < RowsToTrim; i++)
            await writer.SetDataAsync(Top, [0]);
        await using var log = new TrimmedRows(cluster);
        await log.UntilCheckpointAsync(RowsToTrim, s_patience);
        using var timeout = new CancellationTokenSource(s_patience);
        var trimming = Task.Run(() => log.TrimOneByOneAsync(RowsToTrim, timeout.Token));
        int asked = 0;
        for (; !trimming.IsCompleted; asked++)
        {
            long known = (await writer.SetDataAsync(Top, [1])).Zxid;
            await writer.SetDataAsync(Top, [2]);
            await using var client = await RawZooKeeperClient.ConnectAsync(cluster.EndPoints[0]);
            await client.WatchZnodeFromAsync(1, Top, known);
            Assert.Equal(ToldUpdateKind.DataSet, (await client.Updates.ReadAsync(timeout.Token)).Kind);
            await client.CloseSessionAsync();
        }
        await trimming;
        output.WriteLine($"asked {asked} times");
    }

    [Fact]
    public async Task A_silo_that_is_asked_from_ahead_of_it_loses_nothing_while_it_cannot_ask_the_database()
    {
        TcpProxy? proxy = null;
        await using var cluster = await SiloCluster.StartAsync(new ClusterOptions
        {
            Silos = 2,
            Lease = ForgetfulSilos.Lease,
            ConnectionString = (silo, direct) => silo == 0 ? direct : Behind(direct, out proxy),
        });
        await using var writer = await RawZooKeeperClient.ConnectAsync(cluster.EndPoints[0]);
        await using var client = await RawZooKeeperClient.ConnectAsync(cluster.EndPoints[1]);
        writer.KeepAlive(s_ping);
        await writer.CreateAsync(Top, null);
        await client.SyncAsync("/");
        proxy!.Refuse();
        long ahead = (await writer.SetDataAsync(Top, [1])).Zxid;
        Assert.Equal(ErrorCode.Ok, (await client.WatchTreeFromAsync(1, Top, ahead)).Error);
        for (int i = 0; i < 10; i++)
        {
            await client.PingAsync();
            await Task.Delay(s_ping / 5);
        }
        proxy.Restore();
        client.KeepAlive(s_ping);
        long last = (await writer.SetDataAsync(Top, [2])).Zxid;
        using var timeout = new CancellationTokenSource(s_patience);
        var told = new List<ToldUpdate>();
        while (told.Count == 0 || told[^1].Zxid < last)
            told.Add(await client.Updates.ReadAsync(timeout.Token));
        Assert.DoesNotContain(told, static update => update.Kind == ToldUpdateKind.HistoryLost);
        var change = Assert.Single(told, static update => update.Kind != ToldUpdateKind.Mark);
        Assert.Equal((last, ToldUpdateKind.DataSet, 2), (change.Zxid, change.Kind, change.Data![0]));
        await proxy.DisposeAsync();
    }

    private static string Behind(string direct, out TcpProxy proxy)
    {
        var settings = new NpgsqlConnectionStringBuilder(direct);
        proxy = new TcpProxy(new IPEndPoint(IPAddress.Loopback, settings.Port));
        settings.Port = proxy.EndPoint.Port;
        return settings.ConnectionString;
    }

    // All have heard of so many more changes.
    private static async Task HearMoreAsync(TreeFollower[] followers, Task following, TreeWriters writers, int changes)
    {
        int[] goals = [.. followers.Select(follower => follower.Story.Changes + changes)];
        await Eventually.TrueAsync(
            () => following.IsFaulted || writers.Failure is not null
                || followers.Zip(goals).All(pair => pair.First.Story.Changes >= pair.Second),
            s_patience,
            () => $"a follower hears nothing more: {string.Join(", ", followers.Select(follower => follower.Story.Changes))}");
        Assert.Null(writers.Failure);
        if (following.IsFaulted)
            await following;
    }
}
