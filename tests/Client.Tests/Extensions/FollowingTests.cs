using Coordination.Testing;
using Coordination.Testing.Following;
using Coordination.Testing.RawProtocol;
using Xunit.Abstractions;

namespace Coordination.Client.Tests.Extensions;

/// <summary>Following a tree over silos on one database, and where the log no longer reaches back.</summary>
public sealed class FollowingTests(ITestOutputHelper output)
{
    private const string Top = "/followed";
    private const int Kills = 3;
    private const int ChangesBetween = 300;

    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task No_change_is_missed_over_silos_that_are_killed_and_connections_that_are_cut()
    {
        using var limit = new CancellationTokenSource(s_limit);
        await using var cluster = await SiloCluster.StartAsync(new ClusterOptions { Lease = ForgetfulSilos.Lease });
        TcpProxy[] proxies = [.. cluster.EndPoints.Select(static silo => new TcpProxy(silo))];
        await using var client = await ConnectAsync(string.Join(',', proxies.Select(static proxy => proxy.EndPoint)));
        await using var writers = await TreeWriters.StartAsync(cluster.EndPoints, Top);
        var story = new TreeStory(Top);
        int killed = 0, cut = 0;
        long? end = null;
        var faults = Task.CompletedTask;
        var ofZxid = new List<ToldUpdate>();
        await foreach (var change in client.WatchChangesAsync(Top, writers.Start, ChangeScope.Tree, limit.Token))
        {
            ofZxid.Add(Told(change));
            if (!change.IsLastOfZxid)
                continue;
            story.Tell(ofZxid);
            ofZxid.Clear();
            if (story.Through >= end)
                break;
            if (end is null && faults.IsCompleted && story.Changes / ChangesBetween > killed + cut)
            {
                await faults;
                faults = Task.CompletedTask;
                if (killed == Kills)
                {
                    await writers.StopAsync();
                    end = await CreateAsync(client, Top + "/end", limit.Token);
                }
                else if (cut++ % 3 == 2)
                {
                    killed++;
                    faults = KillAsync(cluster.Silos[killed % cluster.Silos.Count]);
                }
                else
                {
                    Array.ForEach(proxies, static proxy => proxy.Cut());
                }
            }
        }
        output.WriteLine($"{story.Changes} changes, {story.PreviousKnown} with what was before; {killed} kills, {cut} connections cut");
        Assert.DoesNotContain(writers.Acknowledged, write => !story.HasToldOf(write.Key));
        await using var reader = await RawZooKeeperClient.ConnectAsync(cluster.EndPoints[0]);
        await reader.SyncAsync("/");
        await story.CompareAsync(reader);
        foreach (var proxy in proxies)
            await proxy.DisposeAsync();
    }

    [Theory]
    [InlineData(LogStore.Folder)]
    [InlineData(LogStore.Database)]
    public async Task What_the_log_has_forgotten_is_said_to_be_lost_once_and_nothing_after_it_is(LogStore store)
    {
        using var limit = new CancellationTokenSource(s_limit);
        await using var forgetful = await ForgetfulSilos.StartAsync(store);
        var silos = forgetful.EndPoints;
        await using var writers = await TreeWriters.StartAsync(silos, Top);
        await TrimmedLog.UntilItBeginsAfterAsync(silos[0], writers.Start);
        await using var proxy = new TcpProxy(silos[^1]);
        await using var client = await ConnectAsync($"{proxy.EndPoint}");
        var told = new HashSet<long>();
        long? lost = null, end = null;
        await foreach (var change in client.WatchChangesAsync(Top, writers.Start, ChangeScope.Tree, limit.Token))
        {
            Assert.Equal(lost is null, change.Kind == ZnodeChangeKind.HistoryLost);
            if (lost is null)
            {
                (lost, string path) = (change.Zxid, change.Path);
                Assert.Equal(Top, path);
                continue;
            }
            told.Add(change.Zxid);
            // It goes on from where it was told that history was lost, and not from where it began.
            if (told.Count is 1 or 100 && change.IsLastOfZxid)
                proxy.Cut();
            if (told.Count == 300 && end is null)
            {
                await writers.StopAsync();
                end = await CreateAsync(client, Top + "/end", limit.Token);
            }
            if (change.Zxid >= end && change.IsLastOfZxid)
                break;
        }
        Assert.All(told, zxid => Assert.True(zxid > lost));
        Assert.DoesNotContain(writers.Acknowledged, write => write.Key > lost && !told.Contains(write.Key));
    }

    // The connection that it is sent on may have been cut a moment ago.
    private static async Task<long> CreateAsync(CoordinationClient client, string path, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await client.ExistsAsync(path, cancellationToken) is { } stat)
                return stat.Czxid;
            try
            {
                return (await client.CreateAsync(path, cancellationToken: cancellationToken)).Stat.Czxid;
            }
            catch (CoordinationException exception) when (exception is ConnectionLossException or NodeExistsException)
            {
                // It may be there, and then that is found.
            }
        }
    }

    private static async Task KillAsync(SiloProcess silo)
    {
        await silo.KillAsync();
        await silo.StartAgainAsync();
    }

    private static Task<CoordinationClient> ConnectAsync(string servers) => CoordinationClient.ConnectAsync(
        new CoordinationClientOptions
        {
            ConnectionString = servers,
            SessionTimeout = TimeSpan.FromSeconds(6),
            LongestRetryDelay = TimeSpan.FromMilliseconds(200),
        });

    private static ToldUpdate Told(ZnodeChange change) => new(0, (ToldUpdateKind)change.Kind, change.Zxid)
    {
        IsLast = change.IsLastOfZxid,
        Path = change.Path,
        IsDataKnown = change.IsDataKnown,
        Data = change.Data?.ToArray(),
        IsPreviousKnown = change.IsPreviousKnown,
        Previous = change.Previous?.ToArray(),
        Stat = change.Stat is { } stat
            ? new Testing.RawProtocol.Stat(
                stat.Czxid, stat.Mzxid, stat.Ctime, stat.Mtime, stat.Version, stat.Cversion, stat.Aversion, stat.EphemeralOwner,
                stat.DataLength, stat.NumChildren, stat.Pzxid)
            : null,
    };
}
