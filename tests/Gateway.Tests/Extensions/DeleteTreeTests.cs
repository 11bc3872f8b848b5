using System.Buffers.Binary;
using Coordination.Gateway.Tests.Ordering;
using Coordination.Gateway.Tests.Wire;
using Coordination.Testing.RawProtocol;

namespace Coordination.Gateway.Tests.Extensions;

/// <summary>Deletions of all that is below a znode, on the wire.</summary>
public sealed class DeleteTreeTests(OrderingSilo silo) : IClassFixture<OrderingSilo>
{
    private const int Most = 10_000;
    private const int OperationsAtOnce = 2_000;

    [Fact(Timeout = 180_000)]
    public async Task It_answers_how_many_are_gone_and_in_its_turn()
    {
        using var wire = await silo.ConnectWireAsync();
        await wire.SendAsync(
            Frames.Create(1, "/tree"), Frames.Create(2, "/tree/a"), Frames.Create(3, "/tree/a/b"), Frames.Create(4, "/tree/c"),
            ExtensionFrames.DeleteTree(5, "/tree", version: 1), ExtensionFrames.DeleteTree(6, "/tree", version: 0),
            Frames.Exists(7, "/tree"), ExtensionFrames.DeleteTree(8, "/tree"));
        for (int xid = 1; xid <= 4; xid++)
            Assert.Equal((xid, ErrorCode.Ok), await AnswerAsync(wire));
        Assert.Equal((5, ErrorCode.BadVersion), await AnswerAsync(wire));
        var deleted = await wire.ReadReplyAsync();
        Assert.Equal((6, ErrorCode.Ok), (deleted.Xid, deleted.Error));
        Assert.Equal(4, BinaryPrimitives.ReadInt32BigEndian(deleted.Body));
        Assert.Equal(4, deleted.Body.Length);
        Assert.Equal((7, ErrorCode.NoNode), await AnswerAsync(wire));
        Assert.Equal((8, ErrorCode.NoNode), await AnswerAsync(wire));
    }

    [Fact(Timeout = 120_000)]
    public async Task As_many_as_are_allowed_go_at_once_and_one_more_is_refused()
    {
        await using var writer = await silo.ConnectAsync();
        await writer.CreateAsync("/many", null);
        for (int first = 1; first <= Most; first += OperationsAtOnce)
        {
            Assert.True((await writer.MultiAsync(
                [.. Enumerable.Range(first, OperationsAtOnce).Select(static i => MultiOperation.Create($"/many/{i}", []))])).IsOk);
        }
        using var wire = await silo.ConnectWireAsync();
        await wire.SendAsync(ExtensionFrames.DeleteTree(1, "/many"));
        Assert.Equal((1, ExtensionFrames.LimitExceeded), await AnswerAsync(wire));
        Assert.Equal(Most, (await writer.GetChildrenAsync("/many")).Value.Count);
        await writer.DeleteAsync("/many/1");

        // Readers meet all of it or nothing, however it is applied.
        using var stopping = new CancellationTokenSource();
        var reading = ReadAsync(stopping.Token);
        await wire.SendAsync(ExtensionFrames.DeleteTree(2, "/many"));
        var reply = await wire.ReadReplyAsync();
        Assert.Equal((2, ErrorCode.Ok), (reply.Xid, reply.Error));
        Assert.Equal(Most, BinaryPrimitives.ReadInt32BigEndian(reply.Body));
        await stopping.CancelAsync();
        await reading;
        Assert.Equal(ErrorCode.NoNode, (await writer.ExistsAsync("/many")).Error);
        await writer.CloseSessionAsync();
    }

    private async Task ReadAsync(CancellationToken stopping)
    {
        await using var reader = await silo.ConnectAsync();
        while (!stopping.IsCancellationRequested)
        {
            var children = await reader.GetChildrenAsync("/many");
            Assert.True(children.Error == ErrorCode.NoNode || children.Value.Count == Most - 1, "a list of some");
        }
        await reader.CloseSessionAsync();
    }

    private static async Task<(int Xid, ErrorCode Error)> AnswerAsync(WireConnection wire)
    {
        var reply = await wire.ReadReplyAsync();
        return (reply.Xid, reply.Error);
    }
}
