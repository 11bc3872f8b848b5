using Coordination.Gateway.Tests.Wire;
using Coordination.Testing.RawProtocol;

namespace Coordination.Gateway.Tests.Ordering;

/// <summary>Operations that there are not, or not there where they stand.</summary>
public sealed class UnknownOperationTests(OrderingSilo silo) : IClassFixture<OrderingSilo>
{
    // What was sent behind it is not carried out; ZooKeeper may have begun with it.
    [SiloTheory(Timeout = 120_000)]
    [InlineData(500)]
    [InlineData(10)]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    public Task Unknown_operation_is_refused_and_the_connection_closed(int operation) => ExpectRefusalAsync(operation);

    // ZooKeeper 3.8 does not answer the first at all, and takes the second for a client's own.
    [SiloTheory(Timeout = 120_000)]
    [InlineData((int)OperationCode.Check)]
    [InlineData(-10)]
    [InlineData(20)]
    public Task Operation_that_no_client_may_ask_for_is_refused_and_the_connection_closed(int operation) =>
        ExpectRefusalAsync(operation);

    [SiloFact(Timeout = 120_000)]
    public async Task Second_connect_frame_is_an_unknown_operation()
    {
        using var wire = await silo.ConnectWireAsync();
        await wire.SendAsync(Frames.Connect());
        Assert.Equal(ErrorCode.Unimplemented, (await wire.ReadReplyAsync()).Error);
        await wire.ExpectCloseAsync();
    }

    [Theory(Timeout = 120_000)]
    [InlineData((int)OperationCode.GetData)]
    [InlineData((int)OperationCode.GetChildren)]
    [InlineData((int)OperationCode.Exists)]
    [InlineData((int)OperationCode.SetAcl)]
    [InlineData((int)OperationCode.Multi)]
    [InlineData((int)OperationCode.Sync)]
    [InlineData(500)]
    public async Task Multi_with_what_cannot_be_in_one_is_refused_as_a_whole_and_the_connection_goes_on(int operation)
    {
        string path = $"/in-refused-multi-{operation}";
        using var wire = await silo.ConnectWireAsync();
        await wire.SendAsync(
            Frames.Exists(1, "/"),
            Frames.Request(2, OperationCode.Multi, writer =>
            {
                Frames.WriteMultiHeader(writer, (int)OperationCode.Create, done: false);
                Frames.WriteCreate(writer, path, null, CreateMode.Persistent);
                Frames.WriteMultiHeader(writer, operation, done: false);
                writer.WriteString("/");
                writer.WriteBool(false);
                Frames.WriteMultiHeader(writer, -1, done: true);
            }),
            Frames.Exists(3, path));
        Assert.Equal(1, (await wire.ReadReplyAsync()).Xid);
        var refusal = await wire.ReadReplyAsync();
        Assert.Equal((2, ErrorCode.MarshallingError), (refusal.Xid, refusal.Error));
        Assert.Empty(refusal.Body);
        var next = await wire.ReadReplyAsync();
        Assert.Equal((3, ErrorCode.NoNode), (next.Xid, next.Error));
    }

    private async Task ExpectRefusalAsync(int operation)
    {
        string path = $"/before-unknown{operation}";
        using var wire = await silo.ConnectWireAsync();
        await wire.SendAsync(
            Frames.Create(1, path),
            Frames.GetData(2, path),
            Frames.Request(3, (OperationCode)operation, static writer => writer.WriteString("/")),
            Frames.Delete(4, path));
        Assert.Equal(1, (await wire.ReadReplyAsync()).Xid);
        Assert.Equal(2, (await wire.ReadReplyAsync()).Xid);
        var refusal = await wire.ReadReplyAsync();
        Assert.Equal((3, ErrorCode.Unimplemented), (refusal.Xid, refusal.Error));
        Assert.Empty(refusal.Body);
        await wire.ExpectCloseAsync();
        await silo.Process.ExpectOutputAsync($"is shut out: it asks for an operation that is not known, {operation}{Environment.NewLine}");
        await using var client = await silo.ConnectAsync();
        Assert.True((await client.ExistsAsync(path)).IsOk);
        await client.CloseSessionAsync();
    }
}
