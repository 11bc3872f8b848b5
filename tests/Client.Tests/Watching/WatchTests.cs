using System.Collections.Concurrent;
using Coordination.Client.Tests.Sessions;
using Coordination.Protocol;

namespace Coordination.Client.Tests.Watching;

/// <summary>Watches tell what happened, also what happened while contact was lost.</summary>
public sealed class WatchTests(Servers servers) : ClientTest(servers)
{
    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public async Task A_one_shot_watch_tells_once(ServerKind kind)
    {
        await using var client = await ConnectAsync(kind);
        string path = NewPath();
        var events = new Events();
        Assert.Null(await client.ExistsAsync(path, events.Add));
        await client.CreateAsync(path);
        await events.ExpectAsync(WatchEventType.NodeCreated, path);
        await client.GetDataAsync(path, events.Add);
        await client.GetChildrenAsync(path, events.Add);
        await client.SetDataAsync(path, "x");
        await events.ExpectAsync(WatchEventType.NodeDataChanged, path);
        await client.SetDataAsync(path, "y");
        await client.CreateAsync(path + "/child");
        await events.ExpectAsync(WatchEventType.NodeChildrenChanged, path);
        await client.DeleteAsync(path + "/child");

        // One who watches in both ways is told of the end once.
        await client.GetDataAsync(path, events.Add);
        await client.GetChildrenAsync(path, events.Add);
        await client.DeleteAsync(path);
        await events.ExpectAsync(WatchEventType.NodeDeleted, path);
        await client.SyncAsync();
        events.ExpectNothing();
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public async Task An_event_comes_before_the_answer_that_knows_of_it(ServerKind kind)
    {
        await using var client = await ConnectAsync(kind);
        await using var other = await ConnectAsync(kind);
        string path = NewPath();
        await client.CreateAsync(path);
        for (int i = 0; i < 200; i++)
        {
            bool isTold = false;
            await client.GetDataAsync(path, _ => Volatile.Write(ref isTold, true));
            var set = other.SetDataAsync(path, "x", i);
            while ((await client.GetDataAsync(path)).Version == i)
            {
                // Not yet done.
            }
            Assert.True(Volatile.Read(ref isTold));
            await set;
        }
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public async Task A_lasting_watch_tells_of_everything(ServerKind kind)
    {
        await using var client = await ConnectAsync(kind);
        string path = NewPath();
        // Before ZooKeeper 3.9, the second watch of a connection would take the place of the first.
        await using var other = await ConnectAsync(kind);
        var plain = await other.WatchAsync(path, AddWatchMode.Persistent);
        var recursive = await client.WatchAsync(path, AddWatchMode.PersistentRecursive);
        await client.CreateAsync(path);
        await client.CreateAsync(path + "/a");
        await client.SetDataAsync(path + "/a", "x");
        await client.SetDataAsync(path, "y");
        await client.DeleteTreeAsync(path);
        Assert.Equal(
            [
                (WatchEventType.NodeCreated, path), (WatchEventType.NodeChildrenChanged, path),
                (WatchEventType.NodeDataChanged, path), (WatchEventType.NodeChildrenChanged, path),
                (WatchEventType.NodeDeleted, path),
            ],
            await TakeAsync(plain, 5));
        Assert.Equal(
            [
                (WatchEventType.NodeCreated, path), (WatchEventType.NodeCreated, path + "/a"),
                (WatchEventType.NodeDataChanged, path + "/a"), (WatchEventType.NodeDataChanged, path),
                (WatchEventType.NodeDeleted, path + "/a"), (WatchEventType.NodeDeleted, path),
            ],
            await TakeAsync(recursive, 6));
        await using var second = await client.WatchAsync(path, AddWatchMode.PersistentRecursive);
        await plain.DisposeAsync();
        await other.SyncAsync();
        await recursive.DisposeAsync();
        Assert.True(await client.CheckWatchesAsync(path, WatcherType.Any));
        await second.DisposeAsync();
        Assert.False(await client.CheckWatchesAsync(path, WatcherType.Any));
        Assert.False(await client.RemoveWatchesAsync(path, WatcherType.Any));
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public async Task What_happened_without_contact_is_told_afterwards(ServerKind kind)
    {
        await using var proxy = Network(kind);
        await using var client = await ConnectAsync(Options(proxy));
        await using var other = await ConnectAsync(kind);
        string path = NewPath();
        await other.CreateAsync(path);
        // So many and so long that they do not fit into one request.
        const int count = 6000;
        string suffix = new('x', 200);
        await Task.WhenAll(Enumerable.Range(0, count).Select(i => other.CreateAsync($"{path}/{i}{suffix}").AsTask()));
        var events = new ConcurrentDictionary<string, WatchEventType>();
        await Task.WhenAll(Enumerable.Range(0, count).Select(
            i => client.ExistsAsync($"{path}/{i}{suffix}", told => Assert.True(events.TryAdd(told.Path, told.Type))).AsTask()));
        var created = new Events();
        var children = new Events();
        var lasting = new Events();
        Assert.Null(await client.ExistsAsync(path + "/new", created.Add));
        await client.GetChildrenAsync(path, children.Add);
        await using var watch = await client.WatchAsync(path, AddWatchMode.PersistentRecursive, lasting.Add);

        proxy.Refuse();
        await ReachAsync(client, SessionState.Disconnected);
        await other.SetDataAsync($"{path}/7{suffix}", "changed");
        await other.DeleteAsync($"{path}/8{suffix}");
        await other.CreateAsync(path + "/new");
        proxy.Restore();

        await created.ExpectAsync(WatchEventType.NodeCreated, path + "/new");
        await children.ExpectAsync(WatchEventType.NodeChildrenChanged, path);
        // What the others were told of, and then that there may be more.
        for (int i = 0; i < 3; i++)
            await lasting.ReadAsync();
        await lasting.ExpectAsync(WatchEventType.None, path);
        Assert.Equal(WatchEventType.NodeDataChanged, events[$"{path}/7{suffix}"]);
        Assert.Equal(WatchEventType.NodeDeleted, events[$"{path}/8{suffix}"]);
        Assert.Equal(2, events.Count);
        // And all others are set as before.
        await other.SetDataAsync($"{path}/{count - 1}{suffix}", "changed");
        await lasting.ExpectAsync(WatchEventType.NodeDataChanged, $"{path}/{count - 1}{suffix}");
        Assert.Equal(3, events.Count);
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public async Task A_watcher_is_told_of_the_session_s_end(ServerKind kind)
    {
        await using var proxy = Network(kind);
        await using var client = await ConnectAsync(Options(proxy));
        string path = NewPath();
        await client.CreateAsync(path);
        var oneShot = new Events();
        var lasting = new Events();
        await client.GetDataAsync(path, oneShot.Add);
        await using var watch = await client.WatchAsync(path, AddWatchMode.Persistent, lasting.Add);
        await SessionThief.EndAsync(proxy, client.Session!);

        Assert.Equal(SessionState.Expired, (await oneShot.ExpectAsync(WatchEventType.None, path)).State);
        Assert.Equal(SessionState.Expired, (await lasting.ExpectAsync(WatchEventType.None, path)).State);
        Assert.Equal(SessionState.Connected, (await lasting.ExpectAsync(WatchEventType.None, path)).State);
        await client.SetDataAsync(path, "x");
        await lasting.ExpectAsync(WatchEventType.NodeDataChanged, path);
        oneShot.ExpectNothing();
    }

    private static async Task<List<(WatchEventType, string)>> TakeAsync(WatchStream stream, int count)
    {
        using var timeout = new CancellationTokenSource(Soon);
        var taken = new List<(WatchEventType, string)>();
        await foreach (var watchEvent in stream.WithCancellation(timeout.Token))
        {
            taken.Add((watchEvent.Type, watchEvent.Path));
            if (taken.Count == count)
                break;
        }
        return taken;
    }
}
