using Coordination.Gateway.Tests.Wire;
using Coordination.Testing.RawProtocol;

namespace Coordination.Gateway.Tests.Ordering;

/// <summary>addWatch, checkWatches and removeWatches on the wire.</summary>
public sealed class LastingWatchTests(OrderingSilo silo) : IClassFixture<OrderingSilo>
{
    [Fact(Timeout = 120_000)]
    public async Task A_persistent_watch_tells_each_time_until_it_is_removed()
    {
        await using var client = await silo.ConnectAsync();
        Assert.True((await client.AddWatchAsync("/lasting", AddWatchMode.Persistent)).IsOk);
        await client.CreateAsync("/lasting", null);
        await client.SetDataAsync("/lasting", [1]);
        await client.SetDataAsync("/lasting", [2]);
        await client.CreateAsync("/lasting/child", null);
        await client.SetDataAsync("/lasting/child", [1]);
        await client.DeleteAsync("/lasting/child");
        await client.DeleteAsync("/lasting");
        await client.CreateAsync("/lasting", null);
        Assert.Equal(
            [
                (WatchEventType.NodeCreated, "/lasting"),
                (WatchEventType.NodeDataChanged, "/lasting"),
                (WatchEventType.NodeDataChanged, "/lasting"),
                (WatchEventType.NodeChildrenChanged, "/lasting"),
                (WatchEventType.NodeChildrenChanged, "/lasting"),
                (WatchEventType.NodeDeleted, "/lasting"),
                (WatchEventType.NodeCreated, "/lasting"),
            ],
            Told(client));
        Assert.True((await client.CheckWatchesAsync("/lasting", WatcherType.Any)).IsOk);
        Assert.True((await client.RemoveWatchesAsync("/lasting", WatcherType.Any)).IsOk);
        await client.SetDataAsync("/lasting", [3]);
        Assert.Empty(Told(client));
        Assert.Equal(ErrorCode.NoWatcher, (await client.CheckWatchesAsync("/lasting", WatcherType.Any)).Error);
        Assert.Equal(ErrorCode.NoWatcher, (await client.RemoveWatchesAsync("/lasting", WatcherType.Any)).Error);
        await client.CloseSessionAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task A_recursive_watch_tells_of_all_below_it()
    {
        await using var client = await silo.ConnectAsync();
        await using var writer = await silo.ConnectAsync();
        await writer.CreateAsync("/recursive", null);
        Assert.True((await client.AddWatchAsync("/recursive", AddWatchMode.PersistentRecursive)).IsOk);
        await writer.CreateAsync("/recursive/a", null);
        await writer.CreateAsync("/recursive/a/b", null);
        await writer.SetDataAsync("/recursive/a/b", [1]);
        await writer.CreateAsync("/recursively", null);
        await writer.DeleteAsync("/recursive/a/b");
        await client.SyncAsync("/");
        Assert.Equal(
            [
                (WatchEventType.NodeCreated, "/recursive/a"),
                (WatchEventType.NodeCreated, "/recursive/a/b"),
                (WatchEventType.NodeDataChanged, "/recursive/a/b"),
                (WatchEventType.NodeDeleted, "/recursive/a/b"),
            ],
            Told(client));
        Assert.True((await client.RemoveWatchesAsync("/recursive", WatcherType.Any)).IsOk);
        await writer.DeleteAsync("/recursive/a");
        await client.SyncAsync("/");
        Assert.Empty(Told(client));
        await writer.CloseSessionAsync();
        await client.CloseSessionAsync();
    }

    [SiloFact(Timeout = 120_000)]
    public async Task Watches_of_all_kinds_stand_side_by_side_and_are_removed_by_their_types()
    {
        await using var client = await silo.ConnectAsync();
        await client.CreateAsync("/side", null);
        await client.GetDataAsync("/side", watch: true);
        await client.GetChildrenAsync("/side", watch: true);
        await client.AddWatchAsync("/side", AddWatchMode.Persistent);
        await client.AddWatchAsync("/side", AddWatchMode.PersistentRecursive);
        WatcherType[] types =
            [WatcherType.Data, WatcherType.Children, WatcherType.Persistent, WatcherType.PersistentRecursive];
        foreach (var type in types)
        {
            Assert.True((await client.CheckWatchesAsync("/side", type)).IsOk);
            Assert.True((await client.RemoveWatchesAsync("/side", type)).IsOk);
            Assert.Equal(ErrorCode.NoWatcher, (await client.CheckWatchesAsync("/side", type)).Error);
            Assert.Equal(ErrorCode.NoWatcher, (await client.RemoveWatchesAsync("/side", type)).Error);
        }
        await client.SetDataAsync("/side", [1]);
        await client.CreateAsync("/side/child", null);
        Assert.Empty(Told(client));
        await client.CloseSessionAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task Watches_are_set_and_removed_between_the_writes_of_one_packet()
    {
        using var wire = await silo.ConnectWireAsync();
        await wire.SendAsync(
            Frames.Create(1, "/packet"),
            Frames.AddWatch(2, "/packet", (int)AddWatchMode.Persistent),
            Frames.SetData(3, "/packet", null),
            Frames.SetData(4, "/packet", null),
            Frames.RemoveWatches(5, "/packet", (int)WatcherType.Any),
            Frames.SetData(6, "/packet", null),
            Frames.RemoveWatches(7, "/packet", (int)WatcherType.Any),
            Frames.GetData(8, "/packet"));
        (int Xid, ErrorCode Error)[] expected =
        [
            (1, ErrorCode.Ok), (2, ErrorCode.Ok), (Frames.NotificationXid, ErrorCode.Ok), (3, ErrorCode.Ok),
            (Frames.NotificationXid, ErrorCode.Ok), (4, ErrorCode.Ok), (5, ErrorCode.Ok), (6, ErrorCode.Ok),
            (7, ErrorCode.NoWatcher), (8, ErrorCode.Ok),
        ];
        foreach (var one in expected)
        {
            var reply = await wire.ReadReplyAsync();
            Assert.Equal(one, (reply.Xid, reply.Error));
            byte[] body = reply.Xid == 2 ? [0, 0, 0, 0] : [];
            if (reply.Xid is 2 or 5 or 7)
                Assert.Equal(body, reply.Body);
        }
    }

    [Theory(Timeout = 120_000)]
    [InlineData((int)OperationCode.AddWatch, 2)]
    [InlineData((int)OperationCode.AddWatch, -1)]
    [InlineData((int)OperationCode.CheckWatches, 0)]
    [InlineData((int)OperationCode.CheckWatches, 6)]
    [InlineData((int)OperationCode.RemoveWatches, 0)]
    [InlineData((int)OperationCode.RemoveWatches, int.MinValue)]
    public async Task An_unknown_mode_or_type_is_refused_and_the_connection_goes_on(int operation, int number)
    {
        using var wire = await silo.ConnectWireAsync();
        await wire.SendAsync(
            Frames.Request(1, (OperationCode)operation, writer =>
            {
                writer.WriteString("/");
                writer.WriteInt(number);
            }),
            Frames.Exists(2, "/"));
        var refusal = await wire.ReadReplyAsync();
        Assert.Equal((1, ErrorCode.MarshallingError), (refusal.Xid, refusal.Error));
        Assert.Empty(refusal.Body);
        Assert.Equal((2, ErrorCode.Ok), (await wire.ReadReplyAsync() is var next ? next.Xid : 0, next.Error));
    }

    [Fact(Timeout = 120_000)]
    public async Task SetWatches2_renews_lasting_watches_and_catches_up_with_the_others()
    {
        await using var client = await silo.ConnectAsync();
        await client.CreateAsync("/renewed", null);
        await client.CreateAsync("/renewed/below", null);
        await client.AddWatchAsync("/renewed", AddWatchMode.Persistent);
        await using var again = await silo.ReattachAsync(client);
        await again.SetDataAsync("/renewed", [1]);
        Assert.Empty(Told(again));
        var reply = await again.SetWatches2Async(
            client.LastZxidSeen, ["/renewed"], ["/renewed/awaited"], [], ["/renewed"], ["/renewed/below"]);
        Assert.True(reply.IsOk);
        Assert.Equal([(WatchEventType.NodeDataChanged, "/renewed")], Told(again));
        for (int i = 0; i < 2; i++)
        {
            await again.SetDataAsync("/renewed", [2]);
            await again.SetDataAsync("/renewed/below", [2]);
        }
        await again.CreateAsync("/renewed/awaited", null);
        Assert.Equal(
            [
                (WatchEventType.NodeDataChanged, "/renewed"),
                (WatchEventType.NodeDataChanged, "/renewed/below"),
                (WatchEventType.NodeDataChanged, "/renewed"),
                (WatchEventType.NodeDataChanged, "/renewed/below"),
                (WatchEventType.NodeCreated, "/renewed/awaited"),
                (WatchEventType.NodeChildrenChanged, "/renewed"),
            ],
            Told(again));
        await again.CloseSessionAsync();
    }

    [SiloFact(Timeout = 120_000)]
    public async Task Lasting_watches_tell_only_of_what_may_be_read()
    {
        await using var watcher = await silo.ConnectAsync();
        await using var owner = await silo.ConnectAsync();
        await owner.AuthenticateAsync("digest", "owner:secret");
        AclEntry[] ownersOnly = [new(Permissions.All, "auth", "")];
        await watcher.AddWatchAsync("/guarded", AddWatchMode.Persistent);
        await watcher.AddWatchAsync("/guarded", AddWatchMode.PersistentRecursive);
        await owner.CreateAsync("/guarded", null, acl: ownersOnly);
        await owner.SetDataAsync("/guarded", [1]);
        await owner.CreateAsync("/guarded/open", null);
        await watcher.SyncAsync("/");
        Assert.Equal([(WatchEventType.NodeCreated, "/guarded/open")], Told(watcher));
        await watcher.AuthenticateAsync("digest", "owner:secret");
        await owner.SetDataAsync("/guarded", [2]);
        await watcher.SyncAsync("/");
        Assert.Equal([(WatchEventType.NodeDataChanged, "/guarded")], Told(watcher));
        await owner.CloseSessionAsync();
        await watcher.CloseSessionAsync();
    }

    private static List<(WatchEventType Type, string Path)> Told(RawZooKeeperClient client)
    {
        var events = new List<(WatchEventType, string)>();
        while (client.Notifications.TryRead(out var told))
            events.Add((told.Type, told.Path));
        return events;
    }
}
