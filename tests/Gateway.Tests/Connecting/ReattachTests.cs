using System.Buffers.Binary;
using System.Globalization;
using Coordination.Gateway.Tests.Wire;
using Coordination.Testing.RawProtocol;

namespace Coordination.Gateway.Tests.Connecting;

/// <summary>A session on another connection than its first.</summary>
public sealed class ReattachTests(SessionSilo silo) : IClassFixture<SessionSilo>
{
    [Fact(Timeout = 120_000)]
    public async Task Session_survives_the_loss_of_its_connection_with_its_ephemerals()
    {
        await using var first = await silo.ConnectAsync();
        await first.CreateAsync("/lost", null);
        var created = await first.Create2Async("/lost/ephemeral", [1], CreateMode.Ephemeral);
        Assert.Equal(first.SessionId, created.Value.Stat.EphemeralOwner);
        first.Disconnect();

        await using var second = await silo.ReattachAsync(first);
        Assert.Equal(first.SessionId, second.SessionId);
        Assert.Equal(first.Password, second.Password);
        Assert.Equal(created.Value.Stat, (await second.GetDataAsync("/lost/ephemeral")).Value.Stat);
        await second.CloseSessionAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task Timeout_is_negotiated_anew()
    {
        await using var first = await silo.ConnectAsync(
            new ConnectParameters { SessionTimeout = TimeSpan.FromSeconds(2) });
        await using var second = await silo.ReattachAsync(first, TimeSpan.FromSeconds(7));
        Assert.Equal(TimeSpan.FromSeconds(7), second.SessionTimeout);
        await using var third = await silo.ReattachAsync(second, TimeSpan.FromDays(1));
        Assert.Equal(SessionSilo.GreatestTimeout, third.SessionTimeout);
        await third.CloseSessionAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task Watches_stay_with_the_connection_that_set_them()
    {
        await using var first = await silo.ConnectAsync();
        await first.CreateAsync("/watched", null);
        await first.GetDataAsync("/watched", watch: true);
        await using var second = await silo.ReattachAsync(first);
        await second.SetDataAsync("/watched", [1]);
        await second.SyncAsync("/");
        Assert.False(second.Notifications.TryRead(out _));
        await second.CloseSessionAsync();
    }

    [Theory(Timeout = 120_000)]
    [InlineData(null, 36)]
    [InlineData(false, 37)]
    public async Task Unknown_session_looks_like_an_expired_one(bool? readOnly, int expectedLength)
    {
        using var wire = await silo.OpenWireAsync();
        await wire.SendAsync(Frames.Connect(sessionId: 0x1234_5678_9abc_def0, readOnly: readOnly));
        await ExpectExpiredAsync(wire, expectedLength);
    }

    [Fact(Timeout = 120_000)]
    public async Task Closed_session_looks_like_an_expired_one()
    {
        await using var client = await silo.ConnectAsync();
        await client.CloseSessionAsync();
        using var wire = await silo.OpenWireAsync();
        await wire.SendAsync(Frames.Connect(client.SessionId, client.Password));
        await ExpectExpiredAsync(wire, 37);
    }

    [SiloFact(Timeout = 120_000)]
    public async Task Wrong_password_looks_like_an_expired_session_and_leaves_the_session_alone()
    {
        await using var client = await silo.ConnectAsync();
        await using var other = await silo.ConnectAsync();
        byte[] almost = [.. client.Password];
        almost[^1] ^= 1;
        byte[][] wrong = [almost, new byte[16], [], [.. client.Password, 0], client.Password[..15], other.Password];
        foreach (byte[] password in wrong)
        {
            using var wire = await silo.OpenWireAsync();
            await wire.SendAsync(Frames.Connect(client.SessionId, password));
            await ExpectExpiredAsync(wire, 37);
        }

        // ZooKeeper closes its connection: anybody who knows a session's id can do that to it.
        Assert.True((await client.ExistsAsync("/")).IsOk);
        await client.CloseSessionAsync();
        await other.CloseSessionAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task Session_that_moved_closes_its_old_connection()
    {
        await using var first = await silo.ConnectAsync();
        await using var second = await silo.ReattachAsync(first);
        await first.Ended.WaitAsync(RunningSilo.Soon);
        Assert.True((await second.ExistsAsync("/")).IsOk);
        // The end of the old connection is not the end of the session's new one.
        await Task.Delay(SessionSilo.TickTime);
        Assert.True((await second.ExistsAsync("/")).IsOk);
        await second.CloseSessionAsync();
    }

    [Fact(Timeout = 180_000)]
    public async Task Writes_of_the_old_connection_never_apply_once_the_session_has_moved()
    {
        for (int round = 0; round < 10; round++)
        {
            string parent = $"/moved-{round}";
            await using var first = await silo.ConnectAsync();
            await first.CreateAsync(parent, null);
            var writing = WriteUntilTheEndAsync(first, parent);
            await using var second = await silo.ReattachAsync(first);
            var mark = await second.Create2Async($"{parent}/mark", null);
            var acknowledged = await writing.WaitAsync(RunningSilo.Soon);

            var children = (await second.GetChildrenAsync(parent)).Value;
            foreach (string child in children.Where(static child => child != "mark"))
            {
                var stat = (await second.ExistsAsync($"{parent}/{child}")).Value;
                Assert.True(stat.Czxid < mark.Value.Stat.Czxid, $"{child} was created after the session had moved");
            }

            Assert.All(acknowledged, child => Assert.Contains(child, children));
            Assert.Equal(children.Count, (await second.GetChildrenAsync(parent)).Value.Count);
            await second.CloseSessionAsync();
        }
    }

    // In ZooKeeper the one that is left may be closed for one that was closed itself.
    [SiloFact(Timeout = 120_000)]
    public async Task Of_many_connections_at_once_one_has_the_session()
    {
        await using var first = await silo.ConnectAsync();
        await first.CreateAsync("/fought-over", null, CreateMode.Ephemeral);
        var attempts = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => TryReattachAsync(first)));
        var clients = attempts.OfType<RawZooKeeperClient>().ToList();
        Assert.NotEmpty(clients);
        await WaitUntilAsync(() => clients.Count(static client => client.EndReason is null) == 1);
        var last = clients.Single(static client => client.EndReason is null);
        Assert.Equal(first.SessionId, (await last.ExistsAsync("/fought-over")).Value.EphemeralOwner);
        await last.CloseSessionAsync();
        foreach (var client in clients)
            await client.DisposeAsync();
    }

    // The names of the children that were acknowledged.
    private static async Task<List<string>> WriteUntilTheEndAsync(RawZooKeeperClient client, string parent)
    {
        var acknowledged = new List<string>();
        var inFlight = new Queue<(string Name, Task<Reply<string>> Reply)>();
        for (int number = 0; ; number++)
        {
            string name = number.ToString(CultureInfo.InvariantCulture);
            inFlight.Enqueue((name, client.CreateAsync($"{parent}/{name}", null)));
            if (inFlight.Count < 50 && client.EndReason is null)
                continue;
            while (inFlight.TryDequeue(out var oldest))
            {
                try
                {
                    var reply = await oldest.Reply;
                    if (reply.IsOk)
                        acknowledged.Add(oldest.Name);
                    else
                        Assert.Equal(ErrorCode.SessionMoved, reply.Error);
                }
                catch (ConnectionLostException)
                {
                    return acknowledged;
                }
            }
        }
    }

    // Null where another was faster in between.
    private async Task<RawZooKeeperClient?> TryReattachAsync(RawZooKeeperClient client)
    {
        try
        {
            return await silo.ReattachAsync(client);
        }
        catch (Exception exception) when (exception is ConnectionLostException or SessionExpiredException)
        {
            return null;
        }
    }

    private static async Task WaitUntilAsync(Func<bool> condition)
    {
        for (int attempt = 0; !condition(); attempt++)
        {
            Assert.True(attempt < 2400, "it did not come to pass");
            await Task.Delay(25);
        }
    }

    private static async Task ExpectExpiredAsync(WireConnection wire, int expectedLength)
    {
        byte[] response = await wire.ReadFrameAsync();
        byte[] expected = new byte[expectedLength];
        BinaryPrimitives.WriteInt32BigEndian(expected.AsSpan(16), 16);
        Assert.Equal(expected, response);
        await wire.ExpectCloseAsync();
    }
}
