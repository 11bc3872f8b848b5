using Coordination.Gateway.Tests.Limits;
using Coordination.Gateway.Tests.Wire;
using Coordination.Testing.RawProtocol;

namespace Coordination.Gateway.Tests.Operations;

/// <summary>Strings and vectors that are null where ZooKeeper wants one: other than empty ones, and never the root.</summary>
/// <remarks>Each answer here is one that ZooKeeper 3.8 gave to the same bytes, but for those about addWatch's watches.</remarks>
public sealed class NullFieldTests(LimitSilo silo) : IClassFixture<LimitSilo>
{
    [SiloTheory(Timeout = 120_000)]
    [InlineData(OperationCode.Exists, ErrorCode.MarshallingError)]
    [InlineData(OperationCode.GetData, ErrorCode.MarshallingError)]
    [InlineData(OperationCode.GetAcl, ErrorCode.MarshallingError)]
    [InlineData(OperationCode.GetChildren, ErrorCode.MarshallingError)]
    [InlineData(OperationCode.GetChildren2, ErrorCode.MarshallingError)]
    [InlineData(OperationCode.GetAllChildrenNumber, ErrorCode.MarshallingError)]
    [InlineData(OperationCode.AddWatch, ErrorCode.MarshallingError)]
    [InlineData(OperationCode.CheckWatches, ErrorCode.MarshallingError)]
    [InlineData(OperationCode.RemoveWatches, ErrorCode.NoWatcher)]
    [InlineData(OperationCode.GetEphemerals, ErrorCode.Ok)]
    [InlineData(OperationCode.Sync, ErrorCode.Ok)]
    [InlineData(OperationCode.Create, ErrorCode.MarshallingError)]
    [InlineData(OperationCode.Create2, ErrorCode.MarshallingError)]
    [InlineData(OperationCode.Delete, ErrorCode.MarshallingError)]
    [InlineData(OperationCode.SetData, ErrorCode.BadArguments)]
    [InlineData(OperationCode.SetAcl, ErrorCode.BadArguments)]
    public async Task Null_path_is_not_the_root(OperationCode operation, ErrorCode expected)
    {
        using var wire = await silo.ConnectWireAsync();
        byte[] request = Frames.Request(1, operation, writer => WriteWithNullPath(writer, operation));
        // Alone, and behind a write that is under way.
        await wire.SendAsync(request);
        var reply = await wire.ReadReplyAsync();
        Assert.Equal(expected, reply.Error);
        if (operation == OperationCode.Sync)
            Assert.Equal([0xff, 0xff, 0xff, 0xff], reply.Body);
        await wire.SendAsync(Frames.SetData(2, "/", null), request);
        Assert.Equal(2, (await wire.ReadReplyAsync()).Xid);
        Assert.Equal(expected, (await wire.ReadReplyAsync()).Error);
    }

    [SiloTheory(Timeout = 120_000)]
    [InlineData(OperationCode.Create)]
    [InlineData(OperationCode.Delete)]
    [InlineData(OperationCode.SetData)]
    [InlineData(OperationCode.Check)]
    public async Task Null_path_in_a_multi_fails_all_of_it(OperationCode operation)
    {
        using var wire = await silo.ConnectWireAsync();
        string path = $"/beside-null-{operation}";
        var withNull = new MultiPart(operation, (writer, _) => WriteWithNullPath(writer, operation));
        await wire.SendAsync(
            Frames.Multi(1, ([path], MultiPart.Create), (["null"], withNull)), Frames.Exists(2, path),
            Frames.Multi(3, (["/nowhere/at/all"], MultiPart.SetData), (["null"], withNull)));
        Assert.Equal(ErrorCode.MarshallingError, (await wire.ReadReplyAsync()).Error);
        Assert.Equal(ErrorCode.NoNode, (await wire.ReadReplyAsync()).Error);
        Assert.Equal(ErrorCode.MarshallingError, (await wire.ReadReplyAsync()).Error);
    }

    [SiloTheory(Timeout = 120_000)]
    [InlineData(OperationCode.GetData)]
    [InlineData(OperationCode.GetChildren)]
    public async Task Null_path_in_a_multiRead_fails_all_of_it(OperationCode operation)
    {
        using var wire = await silo.ConnectWireAsync();
        var withNull = new MultiPart(operation, (writer, _) => WriteWithNullPath(writer, operation));
        await wire.SendAsync(Frames.Multi(1, OperationCode.MultiRead, (["/"], MultiPart.GetData), (["null"], withNull)));
        Assert.Equal(ErrorCode.MarshallingError, (await wire.ReadReplyAsync()).Error);
    }

    [SiloTheory(Timeout = 120_000)]
    [InlineData("world", ErrorCode.MarshallingError)]
    [InlineData("ip", ErrorCode.MarshallingError)]
    [InlineData("digest", ErrorCode.MarshallingError)]
    [InlineData("auth", ErrorCode.InvalidAcl)]
    [InlineData("nobody", ErrorCode.InvalidAcl)]
    [InlineData(null, ErrorCode.InvalidAcl)]
    public async Task Null_id_in_an_ACL_is_refused(string? scheme, ErrorCode expected)
    {
        await using var client = await silo.ConnectAsync();
        string path = $"/null-id-{scheme}";
        AclEntry[] acl = [new(Permissions.All, scheme!, null!)];
        Assert.Equal(expected, (await client.CreateAsync(path, null, CreateMode.Persistent, acl)).Error);
        Assert.Equal(expected, (await client.SetAclAsync("/", acl)).Error);
        // A path that is none comes first.
        Assert.Equal(ErrorCode.BadArguments, (await client.SetAclAsync("no-path", acl)).Error);
        Assert.Equal(ErrorCode.BadArguments, (await client.CreateAsync("no-path", null, CreateMode.Persistent, acl)).Error);
        var multi = await client.MultiAsync(
            MultiOperation.SetData("/", null), MultiOperation.Create(path, null, CreateMode.Persistent, acl));
        if (expected == ErrorCode.MarshallingError)
            Assert.Equal(expected, multi.Error);
        else
            Assert.Equal([ErrorCode.Ok, expected], multi.Value.Select(static result => result.Error));
        Assert.Equal(ErrorCode.NoNode, (await client.ExistsAsync(path)).Error);
        await client.CloseSessionAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task Null_ACL_is_an_empty_one()
    {
        using var wire = await silo.ConnectWireAsync();
        await wire.SendAsync(Frames.Request(1, OperationCode.SetAcl, static writer =>
        {
            writer.WriteString("/");
            writer.WriteInt(-1);
            writer.WriteInt(-1);
        }));
        Assert.Equal(ErrorCode.InvalidAcl, (await wire.ReadReplyAsync()).Error);
    }

    [SiloTheory(Timeout = 120_000)]
    [InlineData(OperationCode.SetWatches, 3)]
    [InlineData(OperationCode.SetWatches2, 5)]
    public async Task Null_in_setWatches_is_refused_where_it_stands(OperationCode operation, int kinds)
    {
        string path = $"/renewed-{operation}";
        await using var other = await silo.ConnectAsync();
        await other.CreateAsync(path, null);
        for (int kind = 0; kind < kinds; kind++)
        {
            foreach (bool isList in (bool[])[true, false])
            {
                using var wire = await silo.ConnectWireAsync();
                await wire.SendAsync(Frames.Request(
                    Frames.SetWatchesXid, operation, writer => WriteRenewal(writer, path, kinds, kind, isList)));
                Assert.Equal(ErrorCode.MarshallingError, (await wire.ReadReplyAsync()).Error);
                // Those of the first list are set, unless it is that which is null.
                await wire.SendAsync(Frames.SetData(1, path, null));
                Assert.Equal(kind == 0 && isList ? 1 : Frames.NotificationXid, (await wire.ReadReplyAsync()).Xid);
            }
        }

        await other.CloseSessionAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task Null_credentials_prove_nothing_and_end_the_connection()
    {
        using var wire = await silo.ConnectWireAsync();
        await wire.SendAsync(Frames.Request(Frames.AuthXid, OperationCode.Auth, static writer =>
        {
            writer.WriteInt(0);
            writer.WriteString("digest");
            writer.WriteBuffer(null);
        }));
        Assert.Equal(ErrorCode.AuthFailed, (await wire.ReadReplyAsync()).Error);
        await wire.ExpectCloseAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task Empty_path_is_the_root_to_those_who_read()
    {
        await using var client = await silo.ConnectAsync();
        Assert.True((await client.ExistsAsync("")).IsOk);
        Assert.True((await client.GetDataAsync("")).IsOk);
        Assert.True((await client.GetAclAsync("")).IsOk);
        Assert.Contains("zookeeper", (await client.GetChildrenAsync("")).Value);
        Assert.Equal(ErrorCode.BadArguments, (await client.SetDataAsync("", null)).Error);
        Assert.Equal(ErrorCode.BadArguments, (await client.DeleteAsync("")).Error);
        await client.CloseSessionAsync();
    }

    private static void WriteRenewal(JuteWriter writer, string path, int kinds, int nullKind, bool isList)
    {
        // The client has seen whatever there is.
        writer.WriteLong(long.MaxValue);
        for (int kind = 0; kind < kinds; kind++)
        {
            string[] own = kind == 0 ? [path] : [];
            if (kind == nullKind && isList)
                writer.WriteInt(-1);
            else
                writer.WriteStrings(kind == nullKind ? [.. own, null!] : own);
        }
    }

    private static void WriteWithNullPath(JuteWriter writer, OperationCode operation)
    {
        switch (operation)
        {
            case OperationCode.Create or OperationCode.Create2:
                Frames.WriteCreate(writer, null!, [1], CreateMode.Persistent);
                break;
            case OperationCode.SetData:
                writer.WriteString(null);
                writer.WriteBuffer([1]);
                writer.WriteInt(-1);
                break;
            case OperationCode.SetAcl:
                writer.WriteString(null);
                writer.WriteInt(1);
                writer.WriteInt((int)Permissions.All);
                writer.WriteString("world");
                writer.WriteString("anyone");
                writer.WriteInt(-1);
                break;
            case OperationCode.Delete or OperationCode.Check:
                writer.WriteString(null);
                writer.WriteInt(-1);
                break;
            case OperationCode.AddWatch:
                writer.WriteString(null);
                writer.WriteInt((int)AddWatchMode.Persistent);
                break;
            case OperationCode.CheckWatches or OperationCode.RemoveWatches:
                writer.WriteString(null);
                writer.WriteInt((int)WatcherType.Any);
                break;
            default:
                writer.WriteString(null);
                writer.WriteBool(false);
                break;
        }
    }
}
