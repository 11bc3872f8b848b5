using System.Buffers.Binary;
using Coordination.Gateway.Tests.Ordering;
using Coordination.Gateway.Tests.Wire;
using Coordination.Testing.RawProtocol;

namespace Coordination.Gateway.Tests.Extensions;

/// <summary>Writes that have a number, on the wire.</summary>
public sealed class OnceTests(OrderingSilo silo) : IClassFixture<OrderingSilo>
{
    private const int MostOpen = 1024;

    private static readonly MultiPart s_check = new(OperationCode.Check, static (writer, path) =>
    {
        writer.WriteString(path);
        writer.WriteInt(0);
    });

    [Fact(Timeout = 60_000)]
    public async Task Each_kind_of_write_has_the_same_answer_on_every_connection_of_the_session_whatever_became_of_the_znodes()
    {
        await using var other = await silo.ConnectAsync();
        await other.CreateAsync("/kinds", null);
        await other.CreateAsync("/kinds/tree", null);
        await other.CreateAsync("/kinds/tree/leaf", null);
        byte[][] writes =
        [
            Frames.Create(1, "/kinds/plain"),
            Frames.Create(2, "/kinds/in-turn-", mode: CreateMode.PersistentSequential),
            Record(3, OperationCode.Create2, writer => Frames.WriteCreate(writer, "/kinds/with-stat", [1], CreateMode.Ephemeral)),
            Record(4, OperationCode.CreateContainer, writer => Frames.WriteCreate(writer, "/kinds/container", [], CreateMode.Container)),
            Record(5, OperationCode.CreateTtl, writer =>
            {
                Frames.WriteCreate(writer, "/kinds/vanishing", [], CreateMode.PersistentWithTtl);
                writer.WriteLong(600_000);
            }),
            Frames.SetData(6, "/kinds/plain", [1, 2, 3]),
            Record(7, OperationCode.SetAcl, writer =>
            {
                writer.WriteString("/kinds/plain");
                writer.WriteInt(1);
                writer.WriteInt((int)Permissions.All);
                writer.WriteString("world");
                writer.WriteString("anyone");
                writer.WriteInt(-1);
            }),
            Frames.Multi(
                8, (["/kinds/m", "/kinds/n"], MultiPart.Create), (["/kinds/m"], s_check), (["/kinds/n"], MultiPart.SetData),
                (["/kinds/m"], MultiPart.Delete)),
            Frames.Delete(9, "/kinds/n"),
            ExtensionFrames.DeleteTree(10, "/kinds/tree"),
        ];
        byte[][] numbered = [.. writes.Select((write, i) => ExtensionFrames.Once(i + 1, 1, write))];

        var (wire, session, password) = await OpenAsync();
        await wire.SendAsync(numbered);
        var first = await ReadAsync(wire, writes.Length);
        Assert.All(first, reply => Assert.Equal(ErrorCode.Ok, reply.Error));
        Assert.Equal(first.Select(reply => reply.Zxid).Order(), first.Select(reply => reply.Zxid));

        await other.SetDataAsync("/kinds/plain", null);
        await other.DeleteAsync("/kinds/with-stat");
        await other.CreateAsync("/kinds/tree", null);
        await wire.SendAsync(numbered);
        AssertSame(first, await ReadAsync(wire, writes.Length));
        wire.Reset();
        for (int connection = 0; connection < 3; connection++)
        {
            using var again = await silo.OpenWireAsync();
            await again.SendAsync([Frames.Connect(session, password), .. numbered]);
            await again.ReadFrameAsync();
            AssertSame(first, await ReadAsync(again, writes.Length));
        }
        Assert.Equal(
            ["container", "in-turn-0000000002", "plain", "tree", "vanishing"],
            (await other.GetChildrenAsync("/kinds")).Value.Order(StringComparer.Ordinal));
        Assert.Equal(2, (await other.ExistsAsync("/kinds/plain")).Value.Version);
        await other.CloseSessionAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_refused_write_is_judged_anew_until_another_has_overtaken_it()
    {
        await using var client = await silo.ConnectAsync();
        Assert.Equal(ErrorCode.NoNode, (await client.SetDataOnceAsync(1, 1, "/refused", null)).Error);
        Assert.Equal(ErrorCode.NoNode, (await client.SetDataOnceAsync(1, 1, "/refused", null)).Error);
        Assert.True((await client.CreateAsync("/refused", null)).IsOk);
        var done = await client.SetDataOnceAsync(1, 1, "/refused", null);
        Assert.Equal(1, done.Value.Version);
        Assert.Equal(ErrorCode.BadVersion, (await client.SetDataOnceAsync(2, 1, "/refused", null, version: 7)).Error);
        Assert.Equal(2, (await client.SetDataOnceAsync(3, 1, "/refused", null)).Value.Version);
        Assert.Equal(ExtensionFrames.WasRefused, (await client.SetDataOnceAsync(2, 1, "/refused", null, version: 7)).Error);
        Assert.Equal(ExtensionFrames.WasRefused, (await client.SetDataOnceAsync(2, 1, "/refused", null)).Error);
        Assert.Equal(done.Value, (await client.SetDataOnceAsync(1, 1, "/refused", null)).Value);
        Assert.Equal(2, (await client.ExistsAsync("/refused")).Value.Version);

        // What the client has said that it waits for no more.
        Assert.True((await client.SetDataOnceAsync(4, 3, "/refused", null)).IsOk);
        Assert.Equal(ExtensionFrames.HistoryLost, (await client.SetDataOnceAsync(1, 1, "/refused", null)).Error);
        Assert.Equal(ErrorCode.BadArguments, (await client.CreateOnceAsync(4, 3, "/refused/not-a-set", null)).Error);
        await client.CloseSessionAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_multi_that_was_refused_and_overtaken_says_so_in_its_header()
    {
        using var wire = await silo.ConnectWireAsync();
        byte[] refused = ExtensionFrames.Once(1, 1, Frames.Multi(1, ["/missing-for-a-multi"], MultiPart.SetData));
        await wire.SendAsync(
            refused, ExtensionFrames.Once(2, 1, Frames.Create(2, "/overtaking-a-multi")), refused,
            ExtensionFrames.Once(3, 1, Frames.Multi(3, ["/overtaking-a-multi"], MultiPart.GetData)), Frames.Exists(4, "/"));
        var replies = await ReadAsync(wire, 5);
        Assert.Equal(ErrorCode.Ok, replies[0].Error);
        Assert.Equal((ExtensionFrames.WasRefused, 0), (replies[2].Error, replies[2].Body.Length));
        Assert.Equal((3, ErrorCode.MarshallingError), (replies[3].Xid, replies[3].Error));
        Assert.Equal(4, replies[4].Xid);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_answers_of_a_session_are_nobody_elses()
    {
        await using var one = await silo.ConnectAsync();
        await using var another = await silo.ConnectAsync();
        var mine = await one.CreateOnceAsync(1, 1, "/whose-", [1], CreateMode.PersistentSequential);
        var theirs = await another.CreateOnceAsync(1, 1, "/whose-", [2], CreateMode.PersistentSequential);
        Assert.NotEqual(mine.Value.Path, theirs.Value.Path);
        Assert.Equal(mine.Value, (await one.CreateOnceAsync(1, 1, "/whose-", [1], CreateMode.PersistentSequential)).Value);
        Assert.Equal(theirs.Value, (await another.CreateOnceAsync(1, 1, "/whose-", [2], CreateMode.PersistentSequential)).Value);
        await one.CloseSessionAsync();
        await another.CloseSessionAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task So_many_are_open_at_a_time_and_one_more_is_refused()
    {
        await using var client = await silo.ConnectAsync();
        await client.CreateAsync("/open", null);
        var sent = Enumerable.Range(1, MostOpen).Select(i => client.SetDataOnceAsync(i, 1, "/open", [])).ToArray();
        var first = await Task.WhenAll(sent);
        Assert.All(first, reply => Assert.True(reply.IsOk));
        Assert.Equal(ExtensionFrames.LimitExceeded, (await client.SetDataOnceAsync(MostOpen + 1, 1, "/open", [])).Error);
        Assert.Equal(MostOpen, (await client.ExistsAsync("/open")).Value.Version);
        var again = await Task.WhenAll(Enumerable.Range(1, MostOpen).Select(i => client.SetDataOnceAsync(i, 1, "/open", [])));
        Assert.Equal(first.Select(reply => reply.Value), again.Select(reply => reply.Value));
        Assert.True((await client.SetDataOnceAsync(MostOpen + 1, 2, "/open", [])).IsOk);
        await client.CloseSessionAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task Answers_take_so_much_memory_and_one_more_is_refused()
    {
        const int Operations = 2000;
        await using var client = await silo.ConnectAsync();
        await client.CreateAsync("/bytes", null);
        int done = 0;
        WireReply reply;
        var (wire, _, _) = await OpenAsync();
        string[] paths = [.. Enumerable.Repeat("/bytes", Operations)];
        do
        {
            await wire.SendAsync(ExtensionFrames.Once(done + 1, 1, Frames.Multi(done + 1, paths, MultiPart.SetData)));
            reply = await wire.ReadReplyAsync();
        }
        while (reply.Error == ErrorCode.Ok && ++done < MostOpen);
        Assert.Equal((ExtensionFrames.LimitExceeded, 0), (reply.Error, reply.Body.Length));
        Assert.InRange(done, 10, 100);
        Assert.Equal(done * Operations, (await client.ExistsAsync("/bytes")).Value.Version);
        await wire.SendAsync(ExtensionFrames.Once(done + 1, 2, Frames.Multi(done + 1, paths, MultiPart.SetData)));
        Assert.Equal(ErrorCode.Ok, (await wire.ReadReplyAsync()).Error);
        wire.Dispose();
        await client.CloseSessionAsync();
    }

    private static byte[] Record(int xid, OperationCode operation, Action<JuteWriter> record) =>
        Frames.Request(xid, operation, record);

    private static async Task<WireReply[]> ReadAsync(WireConnection wire, int count)
    {
        var replies = new WireReply[count];
        for (int i = 0; i < count; i++)
            replies[i] = await wire.ReadReplyAsync();
        return replies;
    }

    private static void AssertSame(WireReply[] expected, WireReply[] replies)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal((expected[i].Xid, expected[i].Error), (replies[i].Xid, replies[i].Error));
            // As far as the server has come, as in any answer.
            Assert.True(replies[i].Zxid >= expected[^1].Zxid);
            Assert.Equal(expected[i].Body, replies[i].Body);
        }
    }

    private async Task<(WireConnection Wire, long Session, byte[] Password)> OpenAsync()
    {
        var wire = await silo.OpenWireAsync();
        await wire.SendAsync(Frames.Connect());
        byte[] response = await wire.ReadFrameAsync();
        return (wire, BinaryPrimitives.ReadInt64BigEndian(response.AsSpan(8)), response[20..36]);
    }
}
