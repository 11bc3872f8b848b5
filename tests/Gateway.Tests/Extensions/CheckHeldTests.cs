using System.Text;
using Coordination.Gateway.Tests.Ordering;
using Coordination.Gateway.Tests.Wire;
using Coordination.Testing.RawProtocol;

namespace Coordination.Gateway.Tests.Extensions;

/// <summary>A write on the condition that a lock's znode is still there, byte by byte.</summary>
public sealed class CheckHeldTests(OrderingSilo silo) : IClassFixture<OrderingSilo>
{
    private const OperationCode CheckHeld = (OperationCode)7005;

    [Fact(Timeout = 120_000)]
    public async Task It_is_listed()
    {
        await using var client = await silo.ConnectAsync();
        string list = Encoding.ASCII.GetString((await client.GetDataAsync("/zookeeper/extensions")).Value.Data!);
        Assert.Contains("check-held 1 7005\n", list);
        await client.CloseSessionAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task The_write_is_done_only_while_the_znode_is_the_one_that_was_meant()
    {
        await using var client = await silo.ConnectAsync();
        long token = (await client.Create2Async("/held-lock", null, CreateMode.Ephemeral)).Value.Stat.Czxid;
        await client.CreateAsync("/held-data", null);
        using var wire = await silo.ConnectWireAsync();
        await wire.SendAsync(Multi(1, token), Multi(2, token - 1));
        var done = await wire.ReadReplyAsync();
        Assert.Equal(ErrorCode.Ok, done.Error);
        // The result of the check: its own code, and no record behind it.
        Assert.Equal([0, 0, 0x1b, 0x5d, 0, 0, 0, 0, 0], done.Body[..9]);
        var refused = await wire.ReadReplyAsync();
        Assert.Equal(ErrorCode.Ok, refused.Error);
        Assert.Equal([255, 255, 255, 255, 0, 255, 255, 255, 155, 255, 255, 255, 155], refused.Body[..13]);
        await client.DeleteAsync("/held-lock");
        await client.CreateAsync("/held-lock", null);
        await wire.SendAsync(Multi(3, token));
        Assert.Equal(refused.Body, (await wire.ReadReplyAsync()).Body);
        Assert.Equal(1, (await client.ExistsAsync("/held-data")).Value.Version);
        await client.CloseSessionAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task Alone_it_is_an_operation_that_is_not_known()
    {
        using var wire = await silo.ConnectWireAsync();
        await wire.SendAsync(Frames.Request(1, CheckHeld, static writer => WriteCheck(writer, 1)));
        Assert.Equal(ErrorCode.Unimplemented, (await wire.ReadReplyAsync()).Error);
        await wire.ExpectCloseAsync();
    }

    private static byte[] Multi(int xid, long token) => Frames.Request(xid, OperationCode.Multi, writer =>
    {
        Frames.WriteMultiHeader(writer, (int)CheckHeld, done: false);
        WriteCheck(writer, token);
        Frames.WriteMultiHeader(writer, (int)OperationCode.SetData, done: false);
        writer.WriteString("/held-data");
        writer.WriteBuffer([1]);
        writer.WriteInt(-1);
        Frames.WriteMultiHeader(writer, -1, done: true);
    });

    private static void WriteCheck(JuteWriter writer, long token)
    {
        writer.WriteString("/held-lock");
        writer.WriteLong(token);
    }
}
