using Coordination.Gateway.Tests.Wire;
using Coordination.Testing.RawProtocol;

namespace Coordination.Gateway.Tests.Ordering;

/// <summary>Watches that a client sets anew once it is connected again.</summary>
public sealed class SetWatchesTests(OrderingSilo silo) : IClassFixture<OrderingSilo>
{
    [Fact(Timeout = 120_000)]
    public async Task What_was_missed_is_told_before_the_reply_and_what_was_not_is_watched()
    {
        await using var client = await silo.ConnectAsync();
        await client.CreateAsync("/missed", null);
        string[] names = ["kept", "changed", "deleted", "parent", "childless"];
        foreach (string name in names)
            await client.CreateAsync($"/missed/{name}", null);
        await client.CreateAsync("/missed/childless/old", null);
        long seen = client.LastZxidSeen;

        await client.SetDataAsync("/missed/changed", [1]);
        await client.DeleteAsync("/missed/deleted");
        await client.CreateAsync("/missed/parent/child", null);
        await client.DeleteAsync("/missed/childless/old");
        await client.CreateAsync("/missed/created", null);

        var reply = await client.SetWatchesAsync(
            seen,
            data: ["/missed/kept", "/missed/changed", "/missed/deleted"],
            exist: ["/missed/created", "/missed/awaited"],
            child: ["/missed/parent", "/missed/childless", "/missed/deleted", "/missed/kept"]);
        Assert.True(reply.IsOk);
        var events = new List<Notification>();
        while (client.Notifications.TryRead(out var told))
            events.Add(told);
        Assert.Equal(
            [
                (WatchEventType.NodeDataChanged, "/missed/changed"),
                (WatchEventType.NodeDeleted, "/missed/deleted"),
                (WatchEventType.NodeCreated, "/missed/created"),
                (WatchEventType.NodeChildrenChanged, "/missed/parent"),
                (WatchEventType.NodeChildrenChanged, "/missed/childless"),
                (WatchEventType.NodeDeleted, "/missed/deleted"),
            ],
            events.Select(static told => (told.Type, told.Path)));
        Assert.All(events, told => Assert.True(told.Arrival < reply.Arrival));

        await client.SetDataAsync("/missed/kept", [1]);
        await client.CreateAsync("/missed/awaited", null);
        await client.CreateAsync("/missed/kept/child", null);
        // What has fired is not set.
        await client.SetDataAsync("/missed/changed", [2]);
        await client.CreateAsync("/missed/parent/another", null);
        events.Clear();
        while (client.Notifications.TryRead(out var told))
            events.Add(told);
        Assert.Equal(
            [
                (WatchEventType.NodeDataChanged, "/missed/kept"),
                (WatchEventType.NodeCreated, "/missed/awaited"),
                (WatchEventType.NodeChildrenChanged, "/missed/kept"),
            ],
            events.Select(static told => (told.Type, told.Path)));
        await client.CloseSessionAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task SetWatches_is_answered_in_its_place_with_its_own_xid()
    {
        using var wire = await silo.ConnectWireAsync();
        await wire.SendAsync(
            Frames.Create(1, "/in-place"),
            Frames.SetWatches(0, ["/in-place"], [], []),
            Frames.GetData(2, "/in-place"),
            Frames.SetWatches(long.MaxValue, ["/in-place"], [], []),
            Frames.SetData(3, "/in-place", null));
        int[] expected =
            [1, Frames.NotificationXid, Frames.SetWatchesXid, 2, Frames.SetWatchesXid, Frames.NotificationXid, 3];
        foreach (int xid in expected)
        {
            var reply = await wire.ReadReplyAsync();
            Assert.Equal((xid, ErrorCode.Ok), (reply.Xid, reply.Error));
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task Several_batches_of_watches_add_up()
    {
        const int Batches = 20;
        const int PathsInBatch = 100;
        await using var client = await silo.ConnectAsync();
        await client.CreateAsync("/batches", null);
        var batches = Enumerable.Range(0, Batches)
            .Select(static batch => Enumerable.Range(0, PathsInBatch).Select(i => $"/batches/{batch}-{i}").ToArray())
            .ToList();
        await Task.WhenAll(batches.SelectMany(static paths => paths).Select(path => client.CreateAsync(path, null)));
        await using var again = await silo.ReattachAsync(client);
        await Task.WhenAll(batches.Select(paths => again.SetWatchesAsync(client.LastZxidSeen, paths, [], [])));
        Assert.False(again.Notifications.TryRead(out _));
        await Task.WhenAll(batches.SelectMany(static paths => paths).Select(path => again.DeleteAsync(path)));
        for (int i = 0; i < Batches * PathsInBatch; i++)
            Assert.Equal(WatchEventType.NodeDeleted, (await again.NextNotificationAsync(RunningSilo.Soon)).Type);
        await again.CloseSessionAsync();
    }
}
