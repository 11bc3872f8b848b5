using System.Text;
using Coordination.Gateway.Tests.Ordering;
using Coordination.Gateway.Tests.Wire;
using Coordination.Testing.RawProtocol;

namespace Coordination.Gateway.Tests.Operations;

/// <summary>What ZooKeeper can be asked beside a single znode's data, children and ACL.</summary>
public sealed class QueryTests(OrderingSilo silo) : IClassFixture<OrderingSilo>
{
    private static readonly AclEntry[] s_noReading = [new(Permissions.Create, "world", "anyone")];

    [Fact(Timeout = 120_000)]
    public async Task MultiRead_answers_each_read_and_what_one_meets_stops_no_other()
    {
        await using var client = await silo.ConnectAsync();
        await client.CreateAsync("/mr", [1, 2]);
        await client.CreateAsync("/mr/child", null);
        await client.CreateAsync("/mr-closed", null, acl: s_noReading);
        var results = (await client.MultiReadAsync(
            MultiOperation.GetData("/mr"), MultiOperation.GetChildren("/mr"), MultiOperation.GetData("/mr-none"),
            MultiOperation.GetChildren("/mr-closed"), MultiOperation.GetData("/mr/child"))).Value;
        Assert.Equal(
            [
                (OperationCode.GetData, ErrorCode.Ok), (OperationCode.GetChildren, ErrorCode.Ok),
                (OperationCode.Error, ErrorCode.NoNode), (OperationCode.Error, ErrorCode.NoAuth),
                (OperationCode.GetData, ErrorCode.Ok),
            ],
            results.Select(static result => (result.Code, result.Error)));
        Assert.Equal([1, 2], results[0].Data!);
        Assert.Equal((await client.ExistsAsync("/mr")).Value, results[0].Stat);
        Assert.Equal(["child"], results[1].Children!);
        Assert.Null(results[4].Data);
        Assert.Empty((await client.MultiReadAsync()).Value);
        await client.CloseSessionAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task MultiRead_sets_no_watches()
    {
        await using var client = await silo.ConnectAsync();
        await client.CreateAsync("/mr-unwatched", null);
        using var wire = await silo.ConnectWireAsync();
        await wire.SendAsync(Frames.Request(1, OperationCode.MultiRead, static writer =>
        {
            foreach (var operation in new[] { OperationCode.GetData, OperationCode.GetChildren })
            {
                Frames.WriteMultiHeader(writer, (int)operation, done: false);
                writer.WriteString("/mr-unwatched");
                writer.WriteBool(true);
            }

            Frames.WriteMultiHeader(writer, -1, done: true);
        }));
        Assert.Equal(ErrorCode.Ok, (await wire.ReadReplyAsync()).Error);
        await client.CreateAsync("/mr-unwatched/child", null);
        await client.SetDataAsync("/mr-unwatched", [1]);
        await wire.SendAsync(Frames.Exists(2, "/"));
        Assert.Equal(2, (await wire.ReadReplyAsync()).Xid);
        await client.CloseSessionAsync();
    }

    [Theory(Timeout = 120_000)]
    [InlineData(OperationCode.Exists)]
    [InlineData(OperationCode.GetChildren2)]
    [InlineData(OperationCode.Sync)]
    public async Task MultiRead_with_another_read_is_refused_and_the_connection_goes_on(OperationCode operation)
    {
        using var wire = await silo.ConnectWireAsync();
        await wire.SendAsync(
            Frames.Request(1, OperationCode.MultiRead, writer =>
            {
                Frames.WriteMultiHeader(writer, (int)OperationCode.GetData, done: false);
                writer.WriteString("/");
                writer.WriteBool(false);
                Frames.WriteMultiHeader(writer, (int)operation, done: false);
                writer.WriteString("/");
                writer.WriteBool(false);
                Frames.WriteMultiHeader(writer, -1, done: true);
            }),
            Frames.Exists(2, "/"));
        var refusal = await wire.ReadReplyAsync();
        Assert.Equal((1, ErrorCode.MarshallingError), (refusal.Xid, refusal.Error));
        Assert.Empty(refusal.Body);
        Assert.Equal((2, ErrorCode.Ok), ((await wire.ReadReplyAsync()) is var next ? (next.Xid, next.Error) : default));
    }

    [SiloFact(Timeout = 120_000)]
    public async Task MultiRead_with_a_write_is_refused_and_nothing_is_written()
    {
        await using var client = await silo.ConnectAsync();
        var refusal = await client.MultiReadAsync(MultiOperation.Create("/mr-written", null));
        Assert.Equal(ErrorCode.MarshallingError, refusal.Error);
        Assert.Equal(ErrorCode.NoNode, (await client.ExistsAsync("/mr-written")).Error);
        await client.CloseSessionAsync();
    }

    [SiloFact(Timeout = 120_000)]
    public async Task MultiRead_without_an_end_ends_the_connection()
    {
        using var wire = await silo.ConnectWireAsync();
        await wire.SendAsync(Frames.Request(1, OperationCode.MultiRead, static writer =>
        {
            Frames.WriteMultiHeader(writer, (int)OperationCode.GetData, done: false);
            writer.WriteString("/");
            writer.WriteBool(false);
        }));
        await wire.ExpectCloseAsync();
    }

    [Fact(Timeout = 180_000)]
    public async Task MultiRead_is_of_one_moment()
    {
        await using var writer = await silo.ConnectAsync();
        await using var reader = await silo.ConnectAsync();
        await writer.MultiAsync(MultiOperation.Create("/one", [0, 0]), MultiOperation.Create("/two", [0, 0]));
        for (int i = 1; i < 300; i++)
        {
            byte[] data = [(byte)i, (byte)(i >> 8)];
            var written = writer.MultiAsync(MultiOperation.SetData("/one", data), MultiOperation.SetData("/two", data));
            var results = (await reader.MultiReadAsync(MultiOperation.GetData("/one"), MultiOperation.GetData("/two"))).Value;
            Assert.Equal(results[0].Data!, results[1].Data!);
            Assert.Equal(results[0].Stat!.Value.Mzxid, results[1].Stat!.Value.Mzxid);
            await written;
        }

        await writer.CloseSessionAsync();
        await reader.CloseSessionAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task GetEphemerals_lists_the_sessions_own_by_a_prefix_of_the_text()
    {
        await using var client = await silo.ConnectAsync();
        await using var other = await silo.ConnectAsync();
        await client.CreateAsync("/ge", null);
        await client.CreateContainerAsync("/ge/container", null);
        await client.CreateAsync("/ge/b", null, CreateMode.Ephemeral);
        await client.CreateAsync("/ge/a", null, CreateMode.Ephemeral, s_noReading);
        await client.CreateAsync("/gea", null, CreateMode.Ephemeral);
        await other.CreateAsync("/ge/other", null, CreateMode.Ephemeral);
        foreach (string everything in new[] { "/", "", " / ", "  " })
            Assert.Equal(["/ge/a", "/ge/b", "/gea"], (await client.GetEphemeralsAsync(everything)).Value.Order(StringComparer.Ordinal));
        Assert.Equal(["/ge/a", "/ge/b"], (await client.GetEphemeralsAsync("/ge/")).Value.Order(StringComparer.Ordinal));
        Assert.Equal(["/ge/a", "/gea"], (await client.GetEphemeralsAsync("/ge/a")).Value
            .Concat((await client.GetEphemeralsAsync("/gea")).Value));
        Assert.Empty((await client.GetEphemeralsAsync("ge")).Value);
        Assert.Empty((await client.GetEphemeralsAsync("/none")).Value);
        await client.DeleteAsync("/gea");
        Assert.Empty((await client.GetEphemeralsAsync("/gea")).Value);
        await client.CloseSessionAsync();
        await other.CloseSessionAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task GetAllChildrenNumber_counts_what_is_below_for_those_who_may_read()
    {
        await using var client = await silo.ConnectAsync();
        foreach (string path in new[] { "/ac", "/acb", "/ac/1", "/ac/1/2", "/ac/1/2/3", "/ac/4" })
            await client.CreateAsync(path, null);
        await client.CreateAsync("/ac-closed", null, acl: s_noReading);
        Assert.Equal(4, (await client.GetAllChildrenNumberAsync("/ac")).Value);
        Assert.Equal(0, (await client.GetAllChildrenNumberAsync("/ac/4")).Value);
        Assert.Equal(3, (await client.GetAllChildrenNumberAsync("/zookeeper")).Value);
        int all = (await client.GetAllChildrenNumberAsync("/")).Value;
        Assert.Equal(all + 1, (await client.GetAllChildrenNumberAsync("")).Value);
        Assert.Equal(ErrorCode.NoAuth, (await client.GetAllChildrenNumberAsync("/ac-closed")).Error);
        foreach (string missing in new[] { "/none", "ac", "/ac/" })
            Assert.Equal(ErrorCode.NoNode, (await client.GetAllChildrenNumberAsync(missing)).Error);
        await client.CloseSessionAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task WhoAmI_tells_the_users_without_what_proves_them()
    {
        await using var client = await silo.ConnectAsync();
        Assert.Equal([new ClientInfo("ip", "127.0.0.1")], (await client.WhoAmIAsync()).Value);
        await client.AuthenticateAsync("digest", "bob:secret:x");
        await client.AuthenticateAsync("digest", "nocolon");
        Assert.Equal(
            ["digest:bob", "digest:nocolon", "ip:127.0.0.1"],
            (await client.WhoAmIAsync()).Value.Select(static info => $"{info.Scheme}:{info.User}").Order(StringComparer.Ordinal));
        await client.CloseSessionAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task Reconfig_is_disabled_and_the_connection_goes_on()
    {
        using var wire = await silo.ConnectWireAsync();
        await wire.SendAsync(
            Frames.Request(1, OperationCode.Reconfigure, static writer =>
            {
                writer.WriteBuffer(Encoding.UTF8.GetBytes("server.2=127.0.0.1:2888:3888;2182"));
                writer.WriteBuffer(null);
                writer.WriteBuffer(null);
                writer.WriteLong(-1);
            }),
            Frames.Exists(2, "/"));
        var refusal = await wire.ReadReplyAsync();
        Assert.Equal((1, ErrorCode.ReconfigDisabled), (refusal.Xid, refusal.Error));
        Assert.Empty(refusal.Body);
        Assert.Equal(2, (await wire.ReadReplyAsync()).Xid);
    }
}
