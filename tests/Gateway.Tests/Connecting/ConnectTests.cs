using System.Buffers.Binary;
using Coordination.Gateway.Tests.Wire;
using Coordination.Testing.RawProtocol;

namespace Coordination.Gateway.Tests.Connecting;

/// <summary>The first frame of a connection, and its answer.</summary>
public sealed class ConnectTests(SessionSilo silo) : IClassFixture<SessionSilo>
{
    private const int PasswordLength = 16;

    [Theory(Timeout = 120_000)]
    [InlineData(1000)]
    [InlineData(1001)]
    [InlineData(4321)]
    [InlineData(10_000)]
    public async Task New_session_gets_the_timeout_that_it_asks_for(int milliseconds)
    {
        await using var client = await ConnectAsync(milliseconds);
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), client.SessionTimeout);
        Assert.NotEqual(0, client.SessionId);
        Assert.Equal(PasswordLength, client.Password.Length);
        Assert.Contains(client.Password, static letter => letter != 0);
        await client.CloseSessionAsync();
    }

    [Theory(Timeout = 120_000)]
    [InlineData(999)]
    [InlineData(1)]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public async Task Timeout_below_the_least_is_raised_to_it(int milliseconds)
    {
        await using var client = await ConnectAsync(milliseconds);
        Assert.Equal(SessionSilo.LeastTimeout, client.SessionTimeout);
        await client.CloseSessionAsync();
    }

    [Theory(Timeout = 120_000)]
    [InlineData(10_001)]
    [InlineData(int.MaxValue)]
    public async Task Timeout_above_the_greatest_is_lowered_to_it(int milliseconds)
    {
        await using var client = await ConnectAsync(milliseconds);
        Assert.Equal(SessionSilo.GreatestTimeout, client.SessionTimeout);
        await client.CloseSessionAsync();
    }

    [Theory(Timeout = 120_000)]
    [InlineData(null, 36)]
    [InlineData(false, 37)]
    [InlineData(true, 37)]
    public async Task ReadOnly_is_echoed_only_if_it_was_sent(bool? readOnly, int expectedLength)
    {
        using var wire = await silo.OpenWireAsync();
        await wire.SendAsync(Frames.Connect(timeout: 2000, readOnly: readOnly));
        byte[] response = await wire.ReadFrameAsync();
        Assert.Equal(expectedLength, response.Length);
        Assert.Equal(0, BinaryPrimitives.ReadInt32BigEndian(response));
        Assert.Equal(2000, BinaryPrimitives.ReadInt32BigEndian(response.AsSpan(4)));
        Assert.NotEqual(0, BinaryPrimitives.ReadInt64BigEndian(response.AsSpan(8)));
        Assert.Equal(PasswordLength, BinaryPrimitives.ReadInt32BigEndian(response.AsSpan(16)));
        if (readOnly is not null)
            Assert.Equal(0, response[36]);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(16)]
    [InlineData(1000)]
    public async Task Password_of_a_new_session_may_be_anything(int length)
    {
        using var wire = await silo.OpenWireAsync();
        byte[] password = new byte[length];
        Random.Shared.NextBytes(password);
        await wire.SendAsync(Frames.Connect(password: password));
        Assert.NotEqual(0, BinaryPrimitives.ReadInt64BigEndian((await wire.ReadFrameAsync()).AsSpan(8)));
    }

    [Fact(Timeout = 120_000)]
    public async Task Password_of_a_new_session_may_be_null()
    {
        await using var client = await silo.ConnectAsync(new ConnectParameters { Password = null });
        Assert.NotEqual(0, client.SessionId);
        await client.CloseSessionAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task Session_ids_are_never_0_and_never_alike()
    {
        var clients = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => silo.ConnectAsync()));
        Assert.DoesNotContain(clients, static client => client.SessionId == 0);
        // ZooKeeper marks TTL nodes by this byte in the place of their owner.
        Assert.DoesNotContain(clients, static client => (byte)(client.SessionId >> 56) == 0xff);
        Assert.Equal(clients.Length, clients.Select(static client => client.SessionId).Distinct().Count());
        Assert.Equal(
            clients.Length, clients.Select(static client => Convert.ToHexString(client.Password)).Distinct().Count());
        foreach (var client in clients)
        {
            await client.CloseSessionAsync();
            await client.DisposeAsync();
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task Client_that_has_seen_a_later_zxid_is_closed_without_a_reply()
    {
        await using var client = await silo.ConnectAsync();
        long last = (await client.CreateAsync("/seen", null)).Zxid;

        using (var ahead = await silo.OpenWireAsync())
        {
            await ahead.SendAsync(Frames.Connect(lastZxidSeen: last + 1000));
            await ahead.ExpectCloseAsync();
        }

        using (var ahead = await silo.OpenWireAsync())
        {
            await ahead.SendAsync(Frames.Connect(client.SessionId, client.Password, lastZxidSeen: long.MaxValue));
            await ahead.ExpectCloseAsync();
        }

        // Its session is as it was, and one that has seen just this zxid is served.
        Assert.True((await client.ExistsAsync("/seen")).IsOk);
        await using var level = await silo.ConnectAsync(new ConnectParameters { LastZxidSeen = last });
        await level.CloseSessionAsync();
        await client.CloseSessionAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task Connect_auth_and_requests_in_one_packet_are_answered_in_their_order()
    {
        using var wire = await silo.OpenWireAsync();
        await wire.SendAsync(
            Frames.Connect(),
            Frames.Auth("digest", "one:secret"),
            Frames.Auth("digest", "two:secret"),
            Frames.SetWatches(0, [], [], []),
            Frames.Create(1, "/one-packet", [1, 2, 3]),
            Frames.GetData(2, "/one-packet"),
            Frames.Ping(),
            Frames.Sync(3, "/one-packet"),
            Frames.GetChildren(4, "/one-packet"),
            Frames.CloseSession(5));
        Assert.Equal(37, (await wire.ReadFrameAsync()).Length);
        int[] expected = [Frames.AuthXid, Frames.AuthXid, Frames.SetWatchesXid, 1, 2, Frames.PingXid, 3, 4, 5];
        foreach (int xid in expected)
        {
            var reply = await wire.ReadReplyAsync();
            Assert.Equal(xid, reply.Xid);
            Assert.Equal(ErrorCode.Ok, reply.Error);
        }

        await wire.ExpectCloseAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task Requests_that_arrive_byte_by_byte_are_answered()
    {
        using var wire = await silo.OpenWireAsync();
        byte[][] frames =
        [
            Frames.Connect(),
            Frames.Create(1, "/byte-by-byte", "data"u8.ToArray()),
            Frames.GetData(2, "/byte-by-byte"),
            Frames.Ping(),
            Frames.Delete(3, "/byte-by-byte"),
            Frames.Exists(4, "/byte-by-byte"),
        ];
        await wire.SendByteByByteAsync([.. frames.SelectMany(static frame => frame)]);
        Assert.Equal(37, (await wire.ReadFrameAsync()).Length);
        (int Xid, ErrorCode Error)[] expected =
        [
            (1, ErrorCode.Ok), (2, ErrorCode.Ok), (Frames.PingXid, ErrorCode.Ok), (3, ErrorCode.Ok),
            (4, ErrorCode.NoNode),
        ];
        foreach (var (xid, error) in expected)
        {
            var reply = await wire.ReadReplyAsync();
            Assert.Equal((xid, error), (reply.Xid, reply.Error));
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task Requests_that_are_cut_anywhere_are_answered()
    {
        byte[] stream =
        [
            .. Frames.GetData(1, "/"), .. Frames.Exists(2, "/none"), .. Frames.Ping(), .. Frames.GetChildren(3, "/"),
        ];
        using var wire = await silo.ConnectWireAsync();
        for (int cut = 1; cut < stream.Length; cut++)
        {
            await wire.SendAsync(stream[..cut]);
            await Task.Yield();
            await wire.SendAsync(stream[cut..]);
            foreach (int xid in (int[])[1, 2, Frames.PingXid, 3])
                Assert.Equal(xid, (await wire.ReadReplyAsync()).Xid);
        }
    }

    private Task<RawZooKeeperClient> ConnectAsync(int timeoutMilliseconds) => silo.ConnectAsync(
        new ConnectParameters { SessionTimeout = TimeSpan.FromMilliseconds(timeoutMilliseconds) });
}
