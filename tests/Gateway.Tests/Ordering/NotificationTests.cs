using System.Diagnostics;
using Coordination.Gateway.Tests.Wire;
using Coordination.Testing.RawProtocol;

namespace Coordination.Gateway.Tests.Ordering;

/// <summary>Where watch events stand among the replies of a connection.</summary>
/// <remarks>The client itself fails a test in which an event follows a reply that knows of its change.</remarks>
public sealed class NotificationTests(OrderingSilo silo) : IClassFixture<OrderingSilo>
{
    [Fact(Timeout = 120_000)]
    public async Task Writer_is_told_of_its_own_change_before_its_reply()
    {
        await using var client = await silo.ConnectAsync();
        await client.CreateAsync("/own", null);
        for (int i = 0; i < 100; i++)
        {
            var read = client.GetDataAsync("/own", watch: true);
            var write = client.SetDataAsync("/own", [1]);
            var readAgain = client.GetDataAsync("/own");
            var told = await client.NextNotificationAsync(RunningSilo.Soon);
            Assert.Equal((WatchEventType.NodeDataChanged, "/own"), (told.Type, told.Path));
            Assert.InRange(told.Arrival, (await read).Arrival + 1, (await write).Arrival - 1);
            Assert.True((await readAgain).Arrival > (await write).Arrival);
        }

        await client.CloseSessionAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task Watch_fires_between_two_requests_of_one_packet()
    {
        using var wire = await silo.ConnectWireAsync();
        await wire.SendAsync(
            Frames.Create(1, "/between"),
            Frames.GetData(2, "/between", watch: true),
            Frames.GetChildren(3, "/between", watch: true),
            Frames.Exists(4, "/between/child", watch: true),
            Frames.SetData(5, "/between", null),
            Frames.SetData(6, "/between", null),
            Frames.GetData(7, "/between", watch: true),
            Frames.Create(8, "/between/child"),
            Frames.Delete(9, "/between/child"),
            Frames.Delete(10, "/between"),
            Frames.Ping());
        (int Xid, WatchEventType? Type)[] expected =
        [
            (1, null), (2, null), (3, null), (4, null),
            (Frames.NotificationXid, WatchEventType.NodeDataChanged), (5, null), (6, null), (7, null),
            (Frames.NotificationXid, WatchEventType.NodeCreated),
            (Frames.NotificationXid, WatchEventType.NodeChildrenChanged), (8, null), (9, null),
            (Frames.NotificationXid, WatchEventType.NodeDeleted), (10, null), (Frames.PingXid, null),
        ];
        long last = 0;
        foreach (var (xid, type) in expected)
        {
            var reply = await wire.ReadReplyAsync();
            Assert.Equal(xid, reply.Xid);
            if (type is { } eventType)
                Assert.Equal((int)eventType, new JuteReader(reply.Body).ReadInt());
            // Servers before ZooKeeper 3.9 do not tell an event's zxid.
            if (reply.Zxid >= 0)
                Assert.True(reply.Zxid >= last, $"zxid 0x{reply.Zxid:x} after 0x{last:x}");
            last = Math.Max(last, reply.Zxid);
        }
    }

    [Fact(Timeout = 180_000)]
    public async Task Event_comes_before_any_reply_that_knows_of_its_change()
    {
        await using var writer = await silo.ConnectAsync();
        await using var watcher = await silo.ConnectAsync();
        await writer.CreateAsync("/contended", null);
        using var ending = new CancellationTokenSource();
        var ran = Stopwatch.StartNew();
        var writing = Task.Run(async () =>
        {
            while (!ending.IsCancellationRequested)
                await writer.SetDataAsync("/contended", [1]);
        });
        var reads = new List<Reply<ZnodeData>>();
        var pending = new Queue<Task<Reply<ZnodeData>>>();
        while (!ending.IsCancellationRequested || pending.Count > 0)
        {
            while (!ending.IsCancellationRequested && pending.Count < 20)
                pending.Enqueue(watcher.GetDataAsync("/contended", watch: true));
            if (pending.TryDequeue(out var oldest))
                reads.Add(await oldest);
            if (ran.Elapsed > TimeSpan.FromSeconds(2) && (Changes().Length > 20 || ran.Elapsed > RunningSilo.Soon))
                await ending.CancelAsync();
        }

        await writing;
        var events = new List<Notification>();
        while (watcher.Notifications.TryRead(out var told))
            events.Add(told);
        Assert.True(events.Count > 10, $"{events.Count} events");
        Assert.True(reads.Count > events.Count);

        // Between two events there is a reply that set the watch of the second, in the state that the first told of.
        Assert.True(Changes().Length > 10, $"{Changes().Length} changes were seen");
        int next = 0;
        long armedIn = -1;
        foreach (var read in reads)
        {
            long mzxid = read.Value.Stat.Mzxid;
            while (next < events.Count && events[next].Arrival < read.Arrival)
            {
                next++;
                armedIn = -1;
            }

            Assert.True(
                armedIn is -1 || armedIn == mzxid,
                $"a reply shows the change 0x{mzxid:x} before the watch set at 0x{armedIn:x} has fired");
            armedIn = mzxid;
        }

        await watcher.CloseSessionAsync();
        await writer.CloseSessionAsync();

        long[] Changes() => [.. reads.Select(static read => read.Value.Stat.Mzxid).Distinct()];
    }

    [Fact(Timeout = 180_000)]
    public async Task Events_come_in_the_order_of_their_zxids()
    {
        const int Znodes = 300;
        await using var watcher = await silo.ConnectAsync();
        await watcher.CreateAsync("/ordered", null);
        var paths = Enumerable.Range(0, Znodes).Select(static i => $"/ordered/{i}").ToList();
        await Task.WhenAll(paths.Select(path => watcher.CreateAsync(path, null)));
        await Task.WhenAll(paths.Select(path => watcher.GetDataAsync(path, watch: true)));
        var writers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => silo.ConnectAsync()));
        var shuffled = paths.OrderBy(static _ => Random.Shared.Next()).ToList();
        var zxids = new Dictionary<string, long>();
        var writes = shuffled.Select((path, i) => (path, Reply: writers[i % writers.Length].SetDataAsync(path, [1])));
        foreach (var (path, reply) in writes.ToList())
            zxids[path] = (await reply).Value.Mzxid;

        long last = 0;
        for (int i = 0; i < Znodes; i++)
        {
            var told = await watcher.NextNotificationAsync(RunningSilo.Soon);
            long zxid = zxids[told.Path];
            Assert.True(zxid > last, $"0x{zxid:x} after 0x{last:x}");
            if (told.Zxid > 0)
                Assert.Equal(zxid, told.Zxid);
            last = zxid;
        }

        Assert.False(watcher.Notifications.TryRead(out _));
        foreach (var writer in writers)
            await writer.DisposeAsync();
        await watcher.CloseSessionAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task Events_of_a_multi_come_in_its_order_in_one_zxid_before_its_reply()
    {
        await using var client = await silo.ConnectAsync();
        await client.CreateAsync("/multi", null);
        foreach (string name in (string[])["changed", "deleted"])
            await client.CreateAsync($"/multi/{name}", null);
        await client.GetChildrenAsync("/multi", watch: true);
        await client.ExistsAsync("/multi/created", watch: true);
        await client.GetDataAsync("/multi/changed", watch: true);
        await client.GetDataAsync("/multi/deleted", watch: true);

        var multi = await client.MultiAsync(
            MultiOperation.SetData("/multi/changed", [1]),
            MultiOperation.Check("/multi/changed", 1),
            MultiOperation.Delete("/multi/deleted"),
            MultiOperation.Create("/multi/created", null),
            MultiOperation.Delete("/multi/created"));
        Assert.All(multi.Value, static result => Assert.Equal(ErrorCode.Ok, result.Error));
        var events = new List<Notification>();
        while (client.Notifications.TryRead(out var told))
            events.Add(told);
        Assert.Equal(
            [
                (WatchEventType.NodeDataChanged, "/multi/changed"),
                (WatchEventType.NodeDeleted, "/multi/deleted"),
                (WatchEventType.NodeChildrenChanged, "/multi"),
                (WatchEventType.NodeCreated, "/multi/created"),
            ],
            events.Select(static told => (told.Type, told.Path)));
        Assert.Single(events.Select(static told => told.Zxid).Distinct());
        Assert.All(events, told => Assert.True(told.Arrival < multi.Arrival));
        await client.CloseSessionAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task Failed_writes_tell_nobody()
    {
        await using var client = await silo.ConnectAsync();
        await client.CreateAsync("/failing", null);
        await client.GetDataAsync("/failing", watch: true);
        await client.GetChildrenAsync("/failing", watch: true);
        await client.ExistsAsync("/failing/child", watch: true);
        Assert.Equal(ErrorCode.BadVersion, (await client.SetDataAsync("/failing", [1], version: 7)).Error);
        Assert.Equal(ErrorCode.BadVersion, (await client.DeleteAsync("/failing", version: 7)).Error);
        var multi = await client.MultiAsync(
            MultiOperation.SetData("/failing", [1]),
            MultiOperation.Create("/failing/child", null),
            MultiOperation.Delete("/failing/none"));
        Assert.Equal(
            [ErrorCode.Ok, ErrorCode.Ok, ErrorCode.NoNode], multi.Value.Select(static result => result.Error));
        await client.SyncAsync("/");
        Assert.False(client.Notifications.TryRead(out _));
        await client.CloseSessionAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task Watch_set_behind_a_write_is_not_fired_by_it()
    {
        using var wire = await silo.ConnectWireAsync();
        await wire.SendAsync(
            Frames.Create(1, "/after"),
            Frames.SetData(2, "/after", null),
            Frames.GetData(3, "/after", watch: true),
            Frames.Exists(4, "/after", watch: true),
            Frames.Ping(),
            Frames.SetData(5, "/after", null),
            Frames.Ping());
        // Set twice, told once.
        int[] expected = [1, 2, 3, 4, Frames.PingXid, Frames.NotificationXid, 5, Frames.PingXid];
        foreach (int xid in expected)
            Assert.Equal(xid, (await wire.ReadReplyAsync()).Xid);
    }

    [Fact(Timeout = 120_000)]
    public async Task Watches_fire_once_and_only_for_what_they_watch()
    {
        await using var client = await silo.ConnectAsync();
        await client.CreateAsync("/kinds", null);

        // A read that fails sets no watch, but that of exists does.
        Assert.Equal(ErrorCode.NoNode, (await client.GetDataAsync("/kinds/a", watch: true)).Error);
        Assert.Equal(ErrorCode.NoNode, (await client.GetChildrenAsync("/kinds/a", watch: true)).Error);
        await client.CreateAsync("/kinds/a", null);
        Assert.False(client.Notifications.TryRead(out _));
        Assert.Equal(ErrorCode.NoNode, (await client.ExistsAsync("/kinds/b", watch: true)).Error);
        await client.CreateAsync("/kinds/b", null);
        Assert.Equal(WatchEventType.NodeCreated, Told().Type);

        // A child's data, an ACL and a grandchild are no change of the children.
        await client.GetChildrenAsync("/kinds", watch: true);
        await client.SetDataAsync("/kinds/a", [1]);
        await client.SetDataAsync("/kinds", [1]);
        await client.SetAclAsync("/kinds", AclEntry.OpenUnsafe);
        await client.CreateAsync("/kinds/a/grandchild", null);
        Assert.False(client.Notifications.TryRead(out _));

        // One who watches data and children hears of the end once, and the parent's watcher of its children.
        await client.GetDataAsync("/kinds/b", watch: true);
        await client.GetChildrenAsync("/kinds/b", watch: true);
        await client.DeleteAsync("/kinds/b");
        Assert.Equal((WatchEventType.NodeDeleted, "/kinds/b"), (Told() is var end ? end.Type : default, end.Path));
        Assert.Equal(WatchEventType.NodeChildrenChanged, Told().Type);
        await client.CreateAsync("/kinds/b", null);
        Assert.False(client.Notifications.TryRead(out _));
        await client.CloseSessionAsync();

        Notification Told() => client.Notifications.TryRead(out var told)
            ? told
            : throw new InvalidOperationException("no event before the reply");
    }
}
