using System.Buffers.Binary;
using Coordination.Gateway.Tests.Wire;
using Coordination.Testing;
using Coordination.Testing.RawProtocol;

namespace Coordination.Gateway.Tests.Limits;

/// <summary>Frames that are too long, too short, or none.</summary>
public sealed class FrameLengthTests(LimitSilo silo) : IClassFixture<LimitSilo>
{
    // ZooKeeper's jute.maxbuffer unless set.
    private const int LongestFrame = 0xfffff;

    [Fact(Timeout = 120_000)]
    public async Task Frame_of_the_greatest_length_is_taken_and_one_byte_more_closes_that_connection_only()
    {
        await using var other = await silo.ConnectAsync();
        await other.CreateAsync("/longest", null);

        using var wire = await silo.ConnectWireAsync();
        byte[] overhead = Frames.SetData(1, "/longest", []);
        byte[] longest = Frames.SetData(1, "/longest", new byte[LongestFrame - (overhead.Length - sizeof(int))]);
        Assert.Equal(LongestFrame, BinaryPrimitives.ReadInt32BigEndian(longest));
        await wire.SendAsync(longest, Frames.Exists(2, "/longest"));
        Assert.Equal(ErrorCode.Ok, (await wire.ReadReplyAsync()).Error);
        Assert.Equal(ErrorCode.Ok, (await wire.ReadReplyAsync()).Error);

        byte[] tooLong = Frames.SetData(3, "/longest", new byte[LongestFrame + 1 - (overhead.Length - sizeof(int))]);
        Assert.Equal(LongestFrame + 1, BinaryPrimitives.ReadInt32BigEndian(tooLong));
        await wire.SendAsync(tooLong[..1000]);
        await wire.ExpectCloseAsync();
        Assert.Equal(1, (await other.ExistsAsync("/longest")).Value.Version);
        await other.CloseSessionAsync();
    }

    [SiloFact(Timeout = 120_000)]
    public async Task Greatest_length_can_be_set()
    {
        await using var own = await SiloProcess.StartAsync(new SiloOptions { Arguments = ["--jute-max-buffer", "2048"] });
        foreach (int length in (int[])[2048, 2049])
        {
            using var wire = await WireConnection.OpenAsync(own.ClientEndPoint);
            byte[] create = Frames.Create(1, "/limited", new byte[length - Frames.Create(1, "/limited", []).Length + sizeof(int)]);
            await wire.SendAsync(Frames.Connect(), create);
            await wire.ReadFrameAsync();
            if (length == 2048)
                Assert.Equal(ErrorCode.Ok, (await wire.ReadReplyAsync()).Error);
            else
                await wire.ExpectCloseAsync();
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task Reply_may_be_longer_than_any_request()
    {
        await using var client = await silo.ConnectAsync();
        await client.CreateAsync("/long-reply", null);
        string longName = new('x', 100_000);
        for (int i = 0; i < 15; i++)
            Assert.True((await client.CreateAsync($"/long-reply/{longName}{i}", null)).IsOk);
        Assert.Equal(15, (await client.GetChildrenAsync("/long-reply")).Value.Count);
        await client.CloseSessionAsync();
    }

    // ZooKeeper closes it before it has answered what came before.
    [SiloTheory(Timeout = 120_000)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    [InlineData(int.MaxValue)]
    [InlineData(LongestFrame + 1)]
    [InlineData(0x41424344)]
    public async Task Impossible_length_closes_that_connection_only(int length)
    {
        await using var other = await silo.ConnectAsync();
        byte[] prefix = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(prefix, length);

        using (var wire = await silo.OpenWireAsync())
        {
            await wire.SendAsync(prefix);
            await wire.ExpectCloseAsync();
        }

        using (var wire = await silo.ConnectWireAsync())
        {
            // What came before it is answered.
            await wire.SendAsync(Frames.Create(1, $"/before{length}"), Frames.Exists(2, "/"), prefix);
            Assert.Equal(1, (await wire.ReadReplyAsync()).Xid);
            Assert.Equal(2, (await wire.ReadReplyAsync()).Xid);
            await wire.ExpectCloseAsync();
        }

        Assert.True((await other.ExistsAsync("/")).IsOk);
        await other.CloseSessionAsync();
    }

    [Theory(Timeout = 120_000)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(7)]
    public async Task Frame_without_a_whole_header_closes_the_connection(int length)
    {
        using var wire = await silo.ConnectWireAsync();
        byte[] frame = new byte[sizeof(int) + length];
        BinaryPrimitives.WriteInt32BigEndian(frame, length);
        await wire.SendAsync(frame);
        await wire.ExpectCloseAsync();
    }

    [Theory(Timeout = 120_000)]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(20)]
    [InlineData(43)]
    public async Task Connect_frame_that_is_too_short_closes_the_connection(int length)
    {
        byte[] frame = Frames.Connect()[..(sizeof(int) + length)];
        BinaryPrimitives.WriteInt32BigEndian(frame, length);
        using var wire = await silo.OpenWireAsync();
        await wire.SendAsync(frame);
        await wire.ExpectCloseAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task Frame_that_ends_with_its_connection_is_not_carried_out_and_its_session_lives()
    {
        await using var client = await silo.ConnectAsync();
        await client.CreateAsync("/cut", null, CreateMode.Ephemeral);
        byte[] create = Frames.Create(77, "/cut-off", new byte[1000]);
        client.SendBytes(create[..^1]);
        // Sent behind it, it would be its last byte.
        await Task.Delay(100);
        client.Disconnect();

        await using var again = await silo.ReattachAsync(client);
        Assert.Equal(ErrorCode.NoNode, (await again.ExistsAsync("/cut-off")).Error);
        Assert.True((await again.ExistsAsync("/cut")).IsOk);
        await again.CloseSessionAsync();

        using var wire = await silo.ConnectWireAsync();
        await wire.SendAsync(create[..^1]);
        wire.EndSending();
        await wire.ExpectCloseAsync();
    }

    [SiloFact(Timeout = 120_000)]
    public async Task Requests_that_an_end_of_sending_follows_are_answered()
    {
        for (int round = 0; round < 20; round++)
        {
            using var wire = await silo.OpenWireAsync();
            await wire.SendAsync(
                Frames.Connect(), Frames.Create(1, $"/last-{round}"), Frames.GetChildren(2, "/"), Frames.GetData(3, "/"),
                Frames.SetData(4, $"/last-{round}", null));
            wire.EndSending();
            await wire.ReadFrameAsync();
            for (int xid = 1; xid <= 4; xid++)
                Assert.Equal(xid, (await wire.ReadReplyAsync()).Xid);
            await wire.ExpectCloseAsync();
        }
    }
}
