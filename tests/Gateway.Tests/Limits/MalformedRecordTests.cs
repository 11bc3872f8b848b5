using System.Buffers.Binary;
using Coordination.Gateway.Tests.Extensions;
using Coordination.Gateway.Tests.Wire;
using Coordination.Testing.RawProtocol;

namespace Coordination.Gateway.Tests.Limits;

/// <summary>Frames in order whose records are not: the connection ends with what came before them answered.</summary>
/// <remarks>ZooKeeper answers most of them with MARSHALLINGERROR, and goes on: see docs/differences.md.</remarks>
public sealed class MalformedRecordTests(LimitSilo silo) : IClassFixture<LimitSilo>
{
    private const OperationCode Once = (OperationCode)7001;

    public static TheoryData<OperationCode> Operations =>
    [
        OperationCode.Create, OperationCode.Create2, OperationCode.Delete, OperationCode.Exists, OperationCode.GetData,
        OperationCode.SetData, OperationCode.GetAcl, OperationCode.SetAcl, OperationCode.GetChildren,
        OperationCode.GetChildren2, OperationCode.Sync, OperationCode.Multi, Once,
    ];

    [SiloTheory(Timeout = 180_000)]
    [MemberData(nameof(Operations))]
    public async Task Record_that_is_cut_short_closes_the_connection(OperationCode operation)
    {
        const int LengthAndHeader = sizeof(int) + 8;
        string path = $"/cut-short-{operation}";
        byte[] whole = Frames.Request(2, operation, writer => WriteRecord(writer, operation, path));
        for (int length = LengthAndHeader; length < whole.Length; length++)
        {
            byte[] cut = whole[..length];
            BinaryPrimitives.WriteInt32BigEndian(cut, length - sizeof(int));
            // Behind a read, and behind a write that is under way.
            foreach (byte[] before in (byte[][])[Frames.Exists(1, "/"), Frames.SetData(1, "/", null)])
            {
                using var wire = await silo.ConnectWireAsync();
                await wire.SendAsync(before, cut, Frames.Exists(3, "/"), Frames.Create(4, path), Frames.Exists(5, "/"));
                Assert.Equal(1, (await wire.ReadReplyAsync()).Xid);
                await wire.ExpectCloseAsync();
            }
        }

        await using var client = await silo.ConnectAsync();
        Assert.Equal(ErrorCode.NoNode, (await client.ExistsAsync(path)).Error);
        await client.CloseSessionAsync();
    }

    [SiloTheory(Timeout = 120_000)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    [InlineData(-2)]
    [InlineData(0x0100_0000)]
    [InlineData(1000)]
    public async Task Hostile_length_of_a_field_closes_the_connection(int length)
    {
        (OperationCode Operation, Action<JuteWriter> WriteRecord)[] records =
        [
            (OperationCode.GetData, writer => writer.WriteInt(length)),
            (OperationCode.Exists, writer => writer.WriteInt(length)),
            (OperationCode.GetChildren2, writer => writer.WriteInt(length)),
            (OperationCode.Sync, writer => writer.WriteInt(length)),
            (OperationCode.Delete, writer => writer.WriteInt(length)),
            (OperationCode.SetData, writer =>
            {
                writer.WriteString("/");
                writer.WriteInt(length);
                writer.WriteInt(-1);
            }),
            (OperationCode.Create, writer =>
            {
                writer.WriteString("/hostile");
                writer.WriteInt(length);
            }),
        ];
        foreach (var (operation, writeRecord) in records)
        {
            await ExpectCloseAsync(Frames.Request(2, operation, writeRecord));
        }
    }

    [SiloTheory(Timeout = 120_000)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    [InlineData(0x0100_0000)]
    [InlineData(100)]
    public async Task Hostile_count_of_a_vector_closes_the_connection(int count)
    {
        (int Xid, OperationCode Operation, Action<JuteWriter> WriteRecord)[] records =
        [
            (2, OperationCode.Create, writer =>
            {
                writer.WriteString("/hostile");
                writer.WriteBuffer(null);
                writer.WriteInt(count);
                writer.WriteInt(0);
            }),
            (2, OperationCode.SetAcl, writer =>
            {
                writer.WriteString("/");
                writer.WriteInt(count);
            }),
            (Frames.SetWatchesXid, OperationCode.SetWatches, writer =>
            {
                writer.WriteLong(0);
                writer.WriteInt(count);
                writer.WriteInt(0);
                writer.WriteInt(0);
            }),
        ];
        foreach (var (xid, operation, writeRecord) in records)
        {
            await ExpectCloseAsync(Frames.Request(xid, operation, writeRecord));
        }
    }

    [SiloTheory(Timeout = 120_000)]
    [InlineData(0, 0, OperationCode.Create)]
    [InlineData(1, 0, OperationCode.Create)]
    [InlineData(1, 2, OperationCode.Create)]
    [InlineData(long.MinValue, long.MinValue, OperationCode.Create)]
    [InlineData(1, 1, OperationCode.GetData)]
    [InlineData(1, 1, OperationCode.Check)]
    [InlineData(1, 1, OperationCode.Sync)]
    [InlineData(1, 1, OperationCode.CloseSession)]
    [InlineData(1, 1, Once)]
    [InlineData(1, 1, (OperationCode)0)]
    public async Task What_cannot_have_a_number_and_what_is_none_closes_the_connection(
        long number, long firstOpen, OperationCode operation)
    {
        byte[] create = Frames.Create(2, "/numbered");
        BinaryPrimitives.WriteInt32BigEndian(create.AsSpan(2 * sizeof(int)), (int)operation);
        await ExpectCloseAsync(ExtensionFrames.Once(number, firstOpen, create));
    }

    [Fact(Timeout = 120_000)]
    public async Task Auth_that_is_cut_short_closes_the_connection()
    {
        using var wire = await silo.ConnectWireAsync();
        await wire.SendAsync(Frames.Request(Frames.AuthXid, OperationCode.Auth, static writer => writer.WriteInt(0)));
        await wire.ExpectCloseAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task Bytes_behind_a_record_are_passed_over()
    {
        using var wire = await silo.ConnectWireAsync();
        await wire.SendAsync(
            Frames.Request(1, OperationCode.Exists, static writer =>
            {
                writer.WriteString("/");
                writer.WriteBool(false);
                writer.WriteLong(-1);
            }),
            Frames.Exists(2, "/"));
        Assert.Equal((1, ErrorCode.Ok), await wire.ReadReplyAsync() is var first ? (first.Xid, first.Error) : default);
        Assert.Equal(2, (await wire.ReadReplyAsync()).Xid);
    }

    [Fact(Timeout = 120_000)]
    public async Task Paths_that_are_no_paths_are_refused()
    {
        await using var client = await silo.ConnectAsync();
        string[] paths = ["", "no-slash", "//", "/a//b", "/a/", "/.", "/..", "/a/../b", "/nul\0", "/\u0001", "/\ud83d\ude00"];
        foreach (string path in paths)
        {
            // ZooKeeper looks for the parent first.
            Assert.Contains(
                (await client.CreateAsync(path, null)).Error, (ErrorCode[])[ErrorCode.BadArguments, ErrorCode.NoNode]);
            Assert.Equal(ErrorCode.BadArguments, (await client.SetDataAsync(path, null)).Error);
        }

        await client.CloseSessionAsync();
    }

    private async Task ExpectCloseAsync(byte[] hostile)
    {
        using var wire = await silo.ConnectWireAsync();
        await wire.SendAsync(hostile, Frames.Exists(3, "/"));
        await wire.ExpectCloseAsync();
    }

    private static void WriteRecord(JuteWriter writer, OperationCode operation, string path)
    {
        switch (operation)
        {
            case OperationCode.Create or OperationCode.Create2:
                Frames.WriteCreate(writer, path, [1, 2, 3], CreateMode.Persistent);
                break;
            case OperationCode.Delete:
                writer.WriteString(path);
                writer.WriteInt(-1);
                break;
            case OperationCode.SetData:
                writer.WriteString(path);
                writer.WriteBuffer([1, 2, 3]);
                writer.WriteInt(-1);
                break;
            case OperationCode.SetAcl:
                writer.WriteString(path);
                writer.WriteInt(1);
                writer.WriteInt((int)Permissions.All);
                writer.WriteString("world");
                writer.WriteString("anyone");
                writer.WriteInt(-1);
                break;
            case OperationCode.Multi:
                Frames.WriteMultiHeader(writer, (int)OperationCode.Create, done: false);
                Frames.WriteCreate(writer, path, [1, 2, 3], CreateMode.Persistent);
                Frames.WriteMultiHeader(writer, (int)OperationCode.SetData, done: false);
                writer.WriteString(path);
                writer.WriteBuffer([1, 2, 3]);
                writer.WriteInt(-1);
                Frames.WriteMultiHeader(writer, -1, done: true);
                break;
            case Once:
                writer.WriteLong(1);
                writer.WriteLong(1);
                writer.WriteInt((int)OperationCode.Create);
                Frames.WriteCreate(writer, path, [1, 2, 3], CreateMode.Persistent);
                break;
            case OperationCode.GetAcl or OperationCode.Sync:
                writer.WriteString(path);
                break;
            default:
                writer.WriteString(path);
                writer.WriteBool(true);
                break;
        }
    }
}
