using System.Globalization;
using System.Text;
using Coordination.Gateway.Tests.Ordering;
using Coordination.Gateway.Tests.Wire;
using Coordination.Testing.RawProtocol;

namespace Coordination.Gateway.Tests.Extensions;

/// <summary>Watches that go on from a zxid, on the wire.</summary>
public sealed class WatchFromTests(OrderingSilo silo) : IClassFixture<OrderingSilo>
{
    private const int ThisZnode = 0;
    private const int AllBelow = 1;
    private const int End = -1;
    private const long FromNow = -1;

    [Fact(Timeout = 180_000)]
    public async Task It_tells_what_is_done_with_what_was_there_before()
    {
        await using var writer = await silo.ConnectAsync();
        using var wire = await silo.ConnectWireAsync();
        await wire.SendAsync(ExtensionFrames.WatchFrom(1, 7, "/live", AllBelow, FromNow));
        Assert.Equal((1, ErrorCode.Ok), await AnswerAsync(wire));
        long begun = (await MarkAsync(wire)).Zxid;
        await WriteAsync(writer, "/live");
        var told = await TakeAsync(wire, 9);
        Assert.Equal(s_expected.Select(line => line.Replace("TOP", "/live", StringComparison.Ordinal)), told.Select(Describe));
        Assert.All(told, update => Assert.True(update.Zxid > begun && update.Watch == 7 && update.Version is not null));

        // The same from the log, from the beginning and from the midst of it.
        foreach (long after in new[] { begun, told[3].Zxid, told[^1].Zxid })
        {
            using var again = await silo.ConnectWireAsync();
            await again.SendAsync(ExtensionFrames.WatchFrom(1, 3, "/live", AllBelow, after));
            Assert.Equal((1, ErrorCode.Ok), await AnswerAsync(again));
            var expected = told.Where(update => update.Zxid > after).ToArray();
            Assert.Equal(expected.Select(Describe), (await TakeAsync(again, expected.Length)).Select(Describe));
            Assert.True((await MarkAsync(again)).Zxid >= told[^1].Zxid);
        }
        await writer.CloseSessionAsync();
    }

    [Fact(Timeout = 180_000)]
    public async Task One_znode_is_watched_alone_and_until_it_is_enough()
    {
        await using var writer = await silo.ConnectAsync();
        using var wire = await silo.ConnectWireAsync();
        await wire.SendAsync(ExtensionFrames.WatchFrom(1, 7, "/alone", ThisZnode, FromNow));
        Assert.Equal((1, ErrorCode.Ok), await AnswerAsync(wire));
        await MarkAsync(wire);
        await writer.CreateAsync("/alone", [(byte)'a']);
        await writer.CreateAsync("/alone/not", null);
        await writer.SetDataAsync("/alone/not", [1]);
        await writer.SetDataAsync("/alone", [(byte)'b']);
        Assert.Equal(["1 /alone a -", "3 /alone b a"], (await TakeAsync(wire, 2)).Select(Describe));
        await wire.SendAsync(ExtensionFrames.WatchFrom(2, 7, "", End, 0), ExtensionFrames.WatchFrom(3, 7, "", End, 0));
        Assert.Equal((2, ErrorCode.Ok), await AnswerAsync(wire));
        Assert.Equal((3, ErrorCode.NoWatcher), await AnswerAsync(wire));
        await writer.SetDataAsync("/alone", [(byte)'c']);
        await wire.SendAsync(Frames.Sync(4, "/"), Frames.Ping());
        Assert.Equal((4, ErrorCode.Ok), await AnswerAsync(wire));
        Assert.Equal((Frames.PingXid, ErrorCode.Ok), await AnswerAsync(wire));
        await writer.CloseSessionAsync();
    }

    [Fact(Timeout = 180_000)]
    public async Task A_ping_tells_how_far_it_was_told()
    {
        await using var writer = await silo.ConnectAsync();
        using var wire = await silo.ConnectWireAsync();
        await wire.SendAsync(ExtensionFrames.WatchFrom(1, 7, "/quiet", AllBelow, FromNow));
        Assert.Equal((1, ErrorCode.Ok), await AnswerAsync(wire));
        await MarkAsync(wire);
        long zxid = (await writer.CreateAsync("/other", null)).Zxid;
        await wire.SendAsync(Frames.Sync(2, "/"), Frames.Ping());
        Assert.Equal((2, ErrorCode.Ok), await AnswerAsync(wire));
        Assert.True((await MarkAsync(wire)).Zxid >= zxid);
        Assert.Equal((Frames.PingXid, ErrorCode.Ok), await AnswerAsync(wire));
        await writer.CloseSessionAsync();
    }

    [Fact(Timeout = 180_000)]
    public async Task What_it_cannot_do()
    {
        using var wire = await silo.ConnectWireAsync();
        await wire.SendAsync(
            ExtensionFrames.WatchFrom(1, 1, "no path", AllBelow, FromNow), ExtensionFrames.WatchFrom(2, 1, "/a", 2, FromNow),
            ExtensionFrames.WatchFrom(3, 1, "/a", AllBelow, FromNow), ExtensionFrames.WatchFrom(4, 1, "/b", AllBelow, FromNow));
        Assert.Equal((1, ErrorCode.BadArguments), await AnswerAsync(wire));
        Assert.Equal((2, ErrorCode.BadArguments), await AnswerAsync(wire));
        Assert.Equal((3, ErrorCode.Ok), await AnswerAsync(wire));
        await MarkAsync(wire);
        Assert.Equal((4, ErrorCode.BadArguments), await AnswerAsync(wire));
        // The zxid of another history: what came after it is not known, and that is said.
        await wire.SendAsync(ExtensionFrames.WatchFrom(5, 2, "/c", AllBelow, long.MaxValue));
        Assert.Equal((5, ErrorCode.Ok), await AnswerAsync(wire));
        var lost = WireUpdate.Read(await wire.ReadReplyAsync());
        Assert.Equal((2, WireUpdate.HistoryLost), (lost.Watch, lost.Kind));
        Assert.True(lost.Zxid < long.MaxValue);
    }

    [Fact(Timeout = 180_000)]
    public async Task Who_may_not_read_a_znode_hears_nothing_of_it()
    {
        await using var writer = await silo.ConnectAsync();
        await writer.AuthenticateAsync("digest", "writer:secret");
        using var wire = await silo.ConnectWireAsync();
        await wire.SendAsync(ExtensionFrames.WatchFrom(1, 1, "/guarded", AllBelow, FromNow));
        Assert.Equal((1, ErrorCode.Ok), await AnswerAsync(wire));
        long begun = (await MarkAsync(wire)).Zxid;
        await writer.CreateAsync("/guarded", null);
        await writer.CreateAsync("/guarded/mine", [1], acl: [new AclEntry(Permissions.All, "auth", "")]);
        await writer.SetDataAsync("/guarded/mine", [2]);
        await writer.CreateAsync("/guarded/gone", [1], acl: [new AclEntry(Permissions.All, "auth", "")]);
        await writer.DeleteAsync("/guarded/gone");
        await writer.CreateAsync("/guarded/all", null);
        string[] expected = ["1 /guarded - -", "1 /guarded/all - -"];
        Assert.Equal(expected, (await TakeAsync(wire, 2)).Select(Describe));
        await wire.SendAsync(ExtensionFrames.WatchFrom(2, 2, "/guarded", AllBelow, begun));
        Assert.Equal((2, ErrorCode.Ok), await AnswerAsync(wire));
        Assert.Equal(expected, (await TakeAsync(wire, 2)).Select(Describe));
        await writer.CloseSessionAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task Who_does_not_read_falls_behind_and_is_told_all_when_it_does()
    {
        const int writes = 60;
        await using var writer = await silo.ConnectAsync();
        await writer.CreateAsync("/late", null);
        using var wire = await silo.ConnectWireAsync();
        await wire.SendAsync(ExtensionFrames.WatchFrom(1, 7, "/late", ThisZnode, FromNow));
        Assert.Equal((1, ErrorCode.Ok), await AnswerAsync(wire));
        await MarkAsync(wire);
        // More than sockets and the silo keep for a client.
        var zxids = new List<long>();
        for (int i = 0; i < writes; i++)
            zxids.Add(await ZxidOfAsync(writer.SetDataAsync("/late", Enumerable.Repeat((byte)('0' + i), 500_000).ToArray())));
        var told = await TakeAsync(wire, writes);
        Assert.Equal(zxids, told.Select(static update => update.Zxid));
        for (int i = 0; i < writes; i++)
        {
            Assert.Equal((500_000, (char)('0' + i)), (told[i].Data.Length, told[i].Data[0]));
            Assert.True(i == 0 || told[i].Previous is "?" || told[i].Previous == told[i - 1].Data);
        }
        // From there on it is told as it happens, with what was there before.
        await writer.SetDataAsync("/late", [(byte)'a']);
        Assert.Equal(told[^1].Data, Assert.Single(await TakeAsync(wire, 1)).Previous);
        await writer.CloseSessionAsync();
    }

    // Resumed again and again while others write: in the end every change was told, once, in its order.
    [Fact(Timeout = 120_000)]
    public async Task Nothing_is_missed_or_told_twice_whenever_it_is_cut()
    {
        const int writes = 3000;
        await using var writer = await silo.ConnectAsync();
        await writer.CreateAsync("/load", null);
        long through = (await writer.SyncAsync("/")).Zxid;
        long first = through;
        var writing = WriteManyAsync(writer, writes);
        var random = new Random(1);
        var told = new List<WireUpdate>();
        while (told.Count < writes)
        {
            using var wire = await silo.ConnectWireAsync();
            await wire.SendAsync(ExtensionFrames.WatchFrom(1, 1, "/load", AllBelow, through));
            Assert.Equal((1, ErrorCode.Ok), await AnswerAsync(wire));
            for (int most = random.Next(1, 300); most > 0 && told.Count < writes; most--)
            {
                var update = WireUpdate.Read(await wire.ReadReplyAsync());
                through = update.Zxid;
                if (update.Kind != WireUpdate.Mark)
                    told.Add(update);
            }
            wire.Reset();
        }
        var zxids = await writing;
        Assert.Equal(zxids, told.Select(static update => update.Zxid));
        Assert.True(first < zxids[0]);
        var values = new Dictionary<string, string>();
        foreach (var update in told)
        {
            string before = values.GetValueOrDefault(update.Path, "-");
            Assert.True(update.Previous == before || update.Previous == "?", $"{update} where {before} was before");
            values[update.Path] = update.Data;
        }
        await writer.CloseSessionAsync();
    }

    private static async Task<long[]> WriteManyAsync(RawZooKeeperClient writer, int writes)
    {
        var zxids = new List<long>();
        var pending = new Queue<Task<long>>();
        for (int i = 0; i < writes; i++)
        {
            byte[] data = Encoding.ASCII.GetBytes(i.ToString(CultureInfo.InvariantCulture));
            string path = $"/load/{i % 50}";
            pending.Enqueue(i < 50 ? ZxidOfAsync(writer.CreateAsync(path, data)) : ZxidOfAsync(writer.SetDataAsync(path, data)));
            if (pending.Count > 20)
                zxids.Add(await pending.Dequeue());
        }
        foreach (var write in pending)
            zxids.Add(await write);
        return [.. zxids];
    }

    private static async Task<long> ZxidOfAsync<T>(Task<Reply<T>> write)
    {
        var reply = await write;
        Assert.True(reply.IsOk);
        return reply.Zxid;
    }

    private static readonly string[] s_expected =
    [
        "1 TOP - -", "1 TOP/a 1 -", "3 TOP/a 2 1", "4 TOP/a 2 2", "3 TOP - -", "1 TOP/b x -", "2 TOP/b - x", "2 TOP/a - 2",
        "1 TOP/a 3 -",
    ];

    private static async Task WriteAsync(RawZooKeeperClient writer, string top)
    {
        await writer.CreateAsync(top, null);
        await writer.CreateAsync($"{top}/a", "1"u8.ToArray());
        await writer.SetDataAsync($"{top}/a", "2"u8.ToArray());
        await writer.SetAclAsync($"{top}/a", [new AclEntry(Permissions.All, "world", "anyone")]);
        Assert.True((await writer.MultiAsync(
            [
                MultiOperation.SetData(top, null), MultiOperation.Create($"{top}/b", "x"u8.ToArray()),
            ])).IsOk);
        Assert.True((await writer.MultiAsync([MultiOperation.Delete($"{top}/b"), MultiOperation.Delete($"{top}/a")])).IsOk);
        await writer.CreateAsync($"{top}/a", "3"u8.ToArray());
    }

    private static string Describe(WireUpdate update) => $"{update.Kind} {update.Path} {update.Data} {update.Previous}";

    private static async Task<(int Xid, ErrorCode Error)> AnswerAsync(WireConnection wire)
    {
        var reply = await wire.ReadReplyAsync();
        return (reply.Xid, reply.Error);
    }

    private static async Task<WireUpdate> MarkAsync(WireConnection wire)
    {
        var update = WireUpdate.Read(await wire.ReadReplyAsync());
        Assert.Equal(WireUpdate.Mark, update.Kind);
        return update;
    }

    private static async Task<List<WireUpdate>> TakeAsync(WireConnection wire, int count)
    {
        var updates = new List<WireUpdate>();
        while (updates.Count < count)
        {
            var update = WireUpdate.Read(await wire.ReadReplyAsync());
            if (update.Kind != WireUpdate.Mark)
                updates.Add(update);
        }
        for (int i = 0; i < count - 1; i++)
            Assert.Equal(updates[i].Zxid != updates[i + 1].Zxid, updates[i].IsLast);
        return updates;
    }
}
