using System.Globalization;
using Coordination.Gateway.Tests.Ordering;
using Coordination.Gateway.Tests.Wire;
using Coordination.Testing.RawProtocol;

namespace Coordination.Gateway.Tests.Extensions;

/// <summary>Lists of children in pages, on the wire.</summary>
public sealed class ChildrenPageTests(OrderingSilo silo) : IClassFixture<OrderingSilo>
{
    private const int All = 3;
    private const long FromNow = -1;

    [Fact(Timeout = 180_000)]
    public async Task The_pages_of_a_walk_are_of_one_zxid_whatever_is_done_meanwhile()
    {
        await using var writer = await silo.ConnectAsync();
        string[] names = [.. Enumerable.Range(0, 1000).Select(static i => i.ToString("d4", CultureInfo.InvariantCulture))];
        await writer.CreateAsync("/walk", null);
        Assert.True((await writer.MultiAsync([.. names.Select(static name => MultiOperation.Create($"/walk/{name}", [7]))])).IsOk);
        using var wire = await silo.ConnectWireAsync();
        var page = await ReadAsync(wire, "/walk", "", 100, All, FromNow);
        Assert.Equal((1000, false, 100), (page.Total, page.IsLast, page.Children.Count));
        Assert.All(page.Children, static child => Assert.True(child is { State: 0, Data: [7], Stat: { DataLength: 1, Version: 0 } }));
        await writer.SetDataAsync("/walk/0150", [8, 8]);
        await writer.DeleteAsync("/walk/0160");
        await writer.DeleteAsync("/walk/0170");
        await writer.CreateAsync("/walk/0170", [9]);
        await writer.CreateAsync("/walk/0150a", null);
        await writer.CreateAsync("/walk/9999", null);
        await writer.SetAclAsync("/walk/0180", [new AclEntry(Permissions.Write, "world", "anyone")]);
        var children = new List<PageChild>(page.Children);
        while (!page.IsLast)
        {
            // Another connection has the same walk.
            using var other = await silo.ConnectWireAsync();
            page = await ReadAsync(other, "/walk", children[^1].Name, 100, All, page.Zxid);
            Assert.Equal(1000, page.Total);
            children.AddRange(page.Children);
        }
        Assert.Equal(names, children.Select(static child => child.Name));
        Assert.Equal((1, 2, 2), (children[150].State, children[150].Data!.Length, children[150].Stat!.Value.DataLength));
        Assert.Equal([2, 2, 3], new[] { 160, 170, 180 }.Select(i => children[i].State));
        Assert.Equal(996, children.Count(static child => child.State == 0));
        await writer.CloseSessionAsync();
    }

    [Fact(Timeout = 180_000)]
    public async Task Only_what_was_asked_for_is_sent_and_a_page_has_its_bounds()
    {
        await using var writer = await silo.ConnectAsync();
        await writer.CreateAsync("/bounds", null);
        foreach (string name in new[] { "a", "b", "c" })
            await writer.CreateAsync($"/bounds/{name}", new byte[200_000]);
        using var wire = await silo.ConnectWireAsync();
        var page = await ReadAsync(wire, "/bounds", "", int.MaxValue, 0, FromNow);
        Assert.Equal((true, "a b c"), (page.IsLast, string.Join(' ', page.Children.Select(static child => child.Name))));
        Assert.All(page.Children, static child => Assert.True(child is { Data: null, Stat: null }));
        page = await ReadAsync(wire, "/bounds", "", int.MaxValue, 1, FromNow);
        Assert.Equal((false, 2), (page.IsLast, page.Children.Count));
        page = await ReadAsync(wire, "/bounds", "b", int.MaxValue, 2, page.Zxid);
        Assert.Equal((true, "c"), (page.IsLast, page.Children.Single().Name));
        Assert.Empty((await ReadAsync(wire, "/bounds/a", "", 1, All, FromNow)).Children);
        await writer.CloseSessionAsync();
    }

    [Fact(Timeout = 180_000)]
    public async Task What_it_cannot_do()
    {
        await using var writer = await silo.ConnectAsync();
        await writer.CreateAsync("/cannot", null);
        await writer.CreateAsync("/cannot/a", null);
        await writer.CreateAsync("/unread", null, acl: [new AclEntry(Permissions.Create, "world", "anyone")]);
        using var wire = await silo.ConnectWireAsync();
        // A zxid before the last child came, of which no list is kept; and one that is still to come.
        Assert.Equal(ExtensionFrames.HistoryLost, await ErrorAsync(wire, "/cannot", 1, 0));
        Assert.Equal(ExtensionFrames.HistoryLost, await ErrorAsync(wire, "/cannot", 1, long.MaxValue));
        Assert.Equal(ErrorCode.BadArguments, await ErrorAsync(wire, "/cannot", 0, FromNow));
        Assert.Equal(ErrorCode.NoNode, await ErrorAsync(wire, "/cannot/b", 1, FromNow));
        Assert.Equal(ErrorCode.NoAuth, await ErrorAsync(wire, "/unread", 1, FromNow));
        await writer.CloseSessionAsync();
    }

    private static async Task<ErrorCode> ErrorAsync(WireConnection wire, string path, int most, long zxid)
    {
        await wire.SendAsync(ExtensionFrames.ChildrenPage(1, path, "", most, 0, zxid));
        return (await wire.ReadReplyAsync()).Error;
    }

    private static async Task<Page> ReadAsync(WireConnection wire, string path, string after, int most, int fields, long zxid)
    {
        await wire.SendAsync(ExtensionFrames.ChildrenPage(1, path, after, most, fields, zxid));
        var reply = await wire.ReadReplyAsync();
        Assert.Equal(ErrorCode.Ok, reply.Error);
        var reader = new JuteReader(reply.Body);
        long of = reader.ReadLong();
        int total = reader.ReadInt();
        bool isLast = reader.ReadBool();
        var children = reader.ReadVector((ref JuteReader child) => PageChild.Read(ref child, fields));
        Assert.Equal(0, reader.Remaining);
        return new Page(of, total, isLast, children);
    }

    private sealed record Page(long Zxid, int Total, bool IsLast, IReadOnlyList<PageChild> Children);
}
