using Coordination.Gateway.Tests.Wire;
using Coordination.Testing.RawProtocol;

namespace Coordination.Gateway.Tests.Ordering;

/// <summary>How a multi's results are told.</summary>
public sealed class MultiTests(OrderingSilo silo) : IClassFixture<OrderingSilo>
{
    [Fact(Timeout = 120_000)]
    public async Task Results_come_in_the_order_of_the_operations_which_see_one_another()
    {
        await using var client = await silo.ConnectAsync();
        var results = (await client.MultiAsync(
            MultiOperation.Create("/made", [1]),
            MultiOperation.Create("/made/child", [1, 2]),
            MultiOperation.Create("/made/n-", null, CreateMode.PersistentSequential),
            MultiOperation.SetData("/made", [1, 2, 3]),
            MultiOperation.Check("/made", 1),
            MultiOperation.Delete("/made/child", 0))).Value;
        Assert.Equal(
            [
                OperationCode.Create, OperationCode.Create, OperationCode.Create, OperationCode.SetData,
                OperationCode.Check, OperationCode.Delete,
            ],
            results.Select(static result => result.Code));
        Assert.Equal("/made/child", results[1].Path);
        Assert.Equal("/made/n-0000000001", results[2].Path);
        Assert.Equal((1, 3), (results[3].Stat!.Value.Version, results[3].Stat!.Value.DataLength));
        var made = (await client.ExistsAsync("/made")).Value;
        Assert.Equal(results[3].Stat!.Value.Mzxid, made.Mzxid);
        Assert.Equal(made.Czxid, made.Mzxid);
        Assert.Equal(made.Ctime, made.Mtime);
        Assert.Equal(["n-0000000001"], (await client.GetChildrenAsync("/made")).Value);
        await client.CloseSessionAsync();
    }

    // 3.8 decodes both as one and the same.
    [Fact(Timeout = 120_000)]
    public async Task Create2_in_a_multi_is_answered_with_the_Stat()
    {
        await using var client = await silo.ConnectAsync();
        var result = Assert.Single((await client.MultiAsync(MultiOperation.Create2("/with-stat", [1, 2]))).Value);
        Assert.Equal((OperationCode.Create2, "/with-stat"), (result.Code, result.Path));
        Assert.Equal(2, result.Stat!.Value.DataLength);
        await client.CloseSessionAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task Failed_multi_has_no_error_in_its_header_and_one_in_each_result()
    {
        using var wire = await silo.ConnectWireAsync();
        await wire.SendAsync(
            Frames.Request(1, OperationCode.Multi, static writer =>
            {
                foreach (string path in (string[])["/undone", "/none/child", "/never-tried"])
                {
                    Frames.WriteMultiHeader(writer, (int)OperationCode.Create, done: false);
                    Frames.WriteCreate(writer, path, null, CreateMode.Persistent);
                }

                Frames.WriteMultiHeader(writer, -1, done: true);
            }),
            Frames.Exists(2, "/undone"));
        var reply = await wire.ReadReplyAsync();
        Assert.Equal((1, ErrorCode.Ok), (reply.Xid, reply.Error));
        Assert.Equal(
            [
                (-1, false, 0, 0), (-1, false, -101, -101), (-1, false, -2, -2),
            ],
            ReadErrors(reply.Body));
        Assert.Equal(ErrorCode.NoNode, (await wire.ReadReplyAsync()).Error);
    }

    [Fact(Timeout = 120_000)]
    public async Task Empty_multi_is_answered_with_its_end_alone()
    {
        using var wire = await silo.ConnectWireAsync();
        await wire.SendAsync(Frames.Request(
            1, OperationCode.Multi, static writer => Frames.WriteMultiHeader(writer, -1, done: true)));
        var reply = await wire.ReadReplyAsync();
        Assert.Equal((1, ErrorCode.Ok), (reply.Xid, reply.Error));
        Assert.Equal([0xff, 0xff, 0xff, 0xff, 1, 0xff, 0xff, 0xff, 0xff], reply.Body);
    }

    private static List<(int Type, bool Done, int HeaderError, int Error)> ReadErrors(byte[] body)
    {
        var reader = new JuteReader(body);
        var errors = new List<(int, bool, int, int)>();
        while (reader.Remaining > 9)
            errors.Add((reader.ReadInt(), reader.ReadBool(), reader.ReadInt(), reader.ReadInt()));
        Assert.Equal((-1, true, -1), (reader.ReadInt(), reader.ReadBool(), reader.ReadInt()));
        Assert.Equal(0, reader.Remaining);
        return errors;
    }
}
