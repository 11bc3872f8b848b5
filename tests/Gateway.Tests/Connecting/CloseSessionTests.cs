using Coordination.Gateway.Tests.Wire;
using Coordination.Testing.RawProtocol;

namespace Coordination.Gateway.Tests.Connecting;

/// <summary>The end of a session by its client's own wish.</summary>
public sealed class CloseSessionTests(SessionSilo silo) : IClassFixture<SessionSilo>
{
    [Fact(Timeout = 120_000)]
    public async Task CloseSession_is_answered_and_then_the_connection_ends()
    {
        using var wire = await silo.ConnectWireAsync();
        await wire.SendAsync(Frames.CloseSession(7));
        var reply = await wire.ReadReplyAsync();
        Assert.Equal((7, ErrorCode.Ok), (reply.Xid, reply.Error));
        Assert.True(reply.Zxid > 0);
        Assert.Empty(reply.Body);
        await wire.ExpectCloseAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task CloseSession_behind_writes_is_carried_out_after_them()
    {
        using var wire = await silo.ConnectWireAsync();
        await wire.SendAsync(
            Frames.Create(1, "/before-close"),
            Frames.Create(2, "/before-close/ephemeral", null, CreateMode.Ephemeral),
            Frames.Create(3, "/before-close/kept"),
            Frames.CloseSession(4));
        for (int xid = 1; xid <= 4; xid++)
        {
            var reply = await wire.ReadReplyAsync();
            Assert.Equal((xid, ErrorCode.Ok), (reply.Xid, reply.Error));
        }

        await wire.ExpectCloseAsync();
        await using var other = await silo.ConnectAsync();
        Assert.Equal(["kept"], (await other.GetChildrenAsync("/before-close")).Value);
        await other.CloseSessionAsync();
    }

    // ZooKeeper may answer what it had begun with.
    [SiloFact(Timeout = 120_000)]
    public async Task Requests_behind_a_closeSession_are_not_looked_at()
    {
        using var wire = await silo.ConnectWireAsync();
        await wire.SendAsync(Frames.CloseSession(1), Frames.Create(2, "/after-close"), Frames.Exists(3, "/"));
        Assert.Equal(1, (await wire.ReadReplyAsync()).Xid);
        await wire.ExpectCloseAsync();
        await using var other = await silo.ConnectAsync();
        Assert.Equal(ErrorCode.NoNode, (await other.ExistsAsync("/after-close")).Error);
        await other.CloseSessionAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task CloseSession_is_carried_out_though_its_client_does_not_wait()
    {
        await using var other = await silo.ConnectAsync();
        await other.CreateAsync("/hasty", null);
        for (int round = 0; round < 50; round++)
        {
            string path = $"/hasty/{round}";
            using (var wire = await silo.ConnectWireAsync())
            {
                // As ZooKeeper's client for C does it, here with writes still under way.
                await wire.SendAsync(
                    Frames.Create(1, path, null, CreateMode.Ephemeral),
                    Frames.Create(2, $"{path}-kept"),
                    Frames.Sync(3, path),
                    Frames.CloseSession(4));
                wire.EndSending();
            }

            // Long before the session would expire.
            for (int attempt = 0; !(await other.ExistsAsync($"{path}-kept")).IsOk || (await other.ExistsAsync(path)).IsOk; attempt++)
            {
                Assert.True(attempt < 700, $"the session of round {round} lives on");
                await Task.Delay(10);
            }
        }

        await other.CloseSessionAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task Ephemerals_go_with_their_session_in_one_zxid_and_their_watchers_hear_of_it()
    {
        await using var owner = await silo.ConnectAsync();
        await using var watcher = await silo.ConnectAsync();
        string[] parents = ["/closing-a", "/closing-b"];
        foreach (string parent in parents)
        {
            await owner.CreateAsync(parent, null);
            await owner.CreateAsync($"{parent}/ephemeral", null, CreateMode.Ephemeral);
            Assert.True((await watcher.ExistsAsync($"{parent}/ephemeral", watch: true)).IsOk);
            Assert.Single((await watcher.GetChildrenAsync(parent, watch: true)).Value);
        }

        await owner.CloseSessionAsync();

        var events = new List<Notification>();
        for (int i = 0; i < 4; i++)
            events.Add(await watcher.NextNotificationAsync(RunningSilo.Soon));
        Assert.Equal(
            parents.Select(static parent => (WatchEventType.NodeChildrenChanged, parent))
                .Concat(parents.Select(static parent => (WatchEventType.NodeDeleted, $"{parent}/ephemeral")))
                .OrderBy(static item => item.Item2, StringComparer.Ordinal),
            events.Select(static item => (item.Type, item.Path)).OrderBy(static item => item.Path, StringComparer.Ordinal));
        Assert.Single(events.Select(static item => item.Zxid).Distinct());
        long[] pzxids =
        [
            .. await Task.WhenAll(parents.Select(async parent => (await watcher.ExistsAsync(parent)).Value.Pzxid)),
        ];
        Assert.Equal(pzxids[0], pzxids[1]);
        await watcher.CloseSessionAsync();
    }

    // The raw client takes any frame behind that reply for a breach of the protocol.
    [Fact(Timeout = 180_000)]
    public async Task No_event_follows_the_reply_to_closeSession()
    {
        await using var writer = await silo.ConnectAsync();
        await writer.CreateAsync("/busy", null);
        using var stopping = new CancellationTokenSource();
        var writing = Task.Run(async () =>
        {
            while (!stopping.IsCancellationRequested)
                await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => writer.SetDataAsync("/busy", null)));
        });
        for (int round = 0; round < 100; round++)
        {
            await using var watcher = await silo.ConnectAsync();
            await watcher.AddWatchAsync("/busy", AddWatchMode.Persistent);
            await watcher.CloseSessionAsync();
        }

        await stopping.CancelAsync();
        await writing;
        await writer.CloseSessionAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task Ephemerals_of_many_creates_in_flight_are_all_gone_after_the_reply()
    {
        await using var other = await silo.ConnectAsync();
        await other.CreateAsync("/in-flight", null);
        await using var owner = await silo.ConnectAsync();
        var creates = Enumerable.Range(0, 500)
            .Select(_ => owner.CreateAsync("/in-flight/e-", null, CreateMode.EphemeralSequential)).ToList();
        await owner.CloseSessionAsync();
        Assert.All(await Task.WhenAll(creates), static reply => Assert.True(reply.IsOk));
        Assert.Empty((await other.GetChildrenAsync("/in-flight")).Value);
        // Sequential suffixes go on: what is gone is not given out again.
        Assert.Equal(
            "/in-flight/p-0000000500",
            (await other.CreateAsync("/in-flight/p-", null, CreateMode.PersistentSequential)).Value);
        await other.CloseSessionAsync();
    }
}
