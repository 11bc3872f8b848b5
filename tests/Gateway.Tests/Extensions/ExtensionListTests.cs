using System.Text;
using Coordination.Gateway.Tests.Ordering;
using Coordination.Gateway.Tests.Wire;
using Coordination.Testing.RawProtocol;

namespace Coordination.Gateway.Tests.Extensions;

/// <summary>Where a client finds what the server has beyond ZooKeeper's protocol.</summary>
public sealed class ExtensionListTests(OrderingSilo silo) : IClassFixture<OrderingSilo>
{
    private const string Path = "/zookeeper/extensions";

    [Fact(Timeout = 120_000)]
    public async Task The_list_is_an_ordinary_znode_that_everybody_may_read()
    {
        await using var client = await silo.ConnectAsync();
        var list = (await client.GetDataAsync(Path, watch: true)).Value;
        Assert.Equal(list.Stat, (await client.ExistsAsync(Path)).Value);
        Assert.Equal((0L, 0), (list.Stat.Czxid, list.Stat.Version));
        Assert.Equal([new AclEntry(Permissions.Read, "world", "anyone")], (await client.GetAclAsync(Path)).Value.Entries);
        Assert.Contains("extensions", (await client.GetChildrenAsync("/zookeeper")).Value);
        Assert.Equal(ErrorCode.NoAuth, (await client.SetDataAsync(Path, [1])).Error);
        Assert.Equal(ErrorCode.BadArguments, (await client.DeleteAsync(Path)).Error);
        await client.CloseSessionAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task A_line_has_a_name_a_version_and_a_code()
    {
        await using var client = await silo.ConnectAsync();
        string list = Encoding.ASCII.GetString((await client.GetDataAsync(Path)).Value.Data!);
        foreach (string line in list.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            Assert.Matches("^[a-z][a-z-]* [1-9][0-9]* 7[0-9]{3}$", line);
        await client.CloseSessionAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task The_question_may_come_with_the_frame_that_opens_the_session()
    {
        using var wire = await silo.OpenWireAsync();
        await wire.SendAsync([.. Frames.Connect(), .. Frames.GetData(0, Path)]);
        await wire.ReadFrameAsync();
        var reply = await wire.ReadReplyAsync();
        Assert.Equal((0, ErrorCode.Ok), (reply.Xid, reply.Error));
    }
}
