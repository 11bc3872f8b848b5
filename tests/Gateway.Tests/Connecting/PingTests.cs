using Coordination.Gateway.Tests.Wire;
using Coordination.Testing;
using Coordination.Testing.RawProtocol;

namespace Coordination.Gateway.Tests.Connecting;

/// <summary>Pings, and whatever else tells that a client is alive.</summary>
public sealed class PingTests(SessionSilo silo) : IClassFixture<SessionSilo>
{
    [Fact(Timeout = 120_000)]
    public async Task Ping_is_answered_with_its_own_xid_and_the_last_zxid()
    {
        using var wire = await silo.ConnectWireAsync();
        await wire.SendAsync(Frames.Create(1, "/pinged"), Frames.Ping());
        var created = await wire.ReadReplyAsync();
        var pong = await wire.ReadReplyAsync();
        Assert.Equal(Frames.PingXid, pong.Xid);
        Assert.Equal(ErrorCode.Ok, pong.Error);
        Assert.True(pong.Zxid >= created.Zxid);
        Assert.Empty(pong.Body);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(77)]
    [InlineData(-1)]
    public async Task Ping_with_another_xid_is_answered_as_a_ping_all_the_same(int xid)
    {
        using var wire = await silo.ConnectWireAsync();
        byte[] ping = Frames.Request(xid, OperationCode.Ping);
        // Alone, and behind a write that is under way.
        await wire.SendAsync(ping);
        Assert.Equal(Frames.PingXid, (await wire.ReadReplyAsync()).Xid);
        await wire.SendAsync(Frames.SetData(5, "/", null), ping);
        Assert.Equal(5, (await wire.ReadReplyAsync()).Xid);
        Assert.Equal(Frames.PingXid, (await wire.ReadReplyAsync()).Xid);
    }

    [Fact(Timeout = 120_000)]
    public async Task Ping_behind_pending_writes_is_answered()
    {
        await using var client = await silo.ConnectAsync();
        await client.CreateAsync("/busy", null);
        var writes = new List<Task<Reply<string>>>();
        var pings = new List<Task<Reply<Nothing>>>();
        for (int i = 0; i < 100; i++)
        {
            for (int j = 0; j < 20; j++)
                writes.Add(client.CreateAsync("/busy/n-", new byte[100], CreateMode.PersistentSequential));
            pings.Add(client.PingAsync());
        }

        foreach (var pong in await Task.WhenAll(pings).WaitAsync(RunningSilo.Soon))
            Assert.True(pong.IsOk);
        foreach (var reply in await Task.WhenAll(writes))
            Assert.True(reply.IsOk);
        await client.CloseSessionAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task Pings_keep_a_session_alive()
    {
        await Rounds.OneGoesWellAsync(async _ =>
        {
            await using var client = await ConnectForTheLeastTimeAsync();
            client.KeepAlive(SessionSilo.LeastTimeout / 4);
            await Task.Delay(3 * SessionSilo.LeastTimeout);
            Assert.True((await client.ExistsAsync("/")).IsOk);
            await client.CloseSessionAsync();
        });
    }

    [Theory(Timeout = 120_000)]
    [InlineData(OperationCode.Exists)]
    [InlineData(OperationCode.SetData)]
    [InlineData(OperationCode.Sync)]
    public async Task Requests_keep_a_session_alive(OperationCode operation)
    {
        await Rounds.OneGoesWellAsync(async round =>
        {
            await using var client = await ConnectForTheLeastTimeAsync();
            string path = $"/alive-{operation}-{round}";
            await client.CreateAsync(path, null);
            var end = DateTime.UtcNow + (3 * SessionSilo.LeastTimeout);
            while (DateTime.UtcNow < end)
            {
                ErrorCode error = operation switch
                {
                    OperationCode.Exists => (await client.ExistsAsync(path)).Error,
                    OperationCode.SetData => (await client.SetDataAsync(path, [1])).Error,
                    _ => (await client.SyncAsync(path)).Error,
                };
                Assert.Equal(ErrorCode.Ok, error);
                await Task.Delay(SessionSilo.LeastTimeout / 4);
            }

            await client.CloseSessionAsync();
        });
    }

    private Task<RawZooKeeperClient> ConnectForTheLeastTimeAsync() => silo.ConnectAsync(
        new ConnectParameters { SessionTimeout = SessionSilo.LeastTimeout });
}
