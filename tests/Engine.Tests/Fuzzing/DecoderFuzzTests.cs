using Coordination.Engine.Log;
using Coordination.Engine.Tests.Properties;
using Coordination.Protocol;
using FsCheck;
using FsCheck.Fluent;
using Xunit.Abstractions;

namespace Coordination.Engine.Tests.Fuzzing;

/// <summary>Decoders on damaged bytes.</summary>
public sealed class DecoderFuzzTests(ITestOutputHelper output)
{
    private const int Records = 300;

    [Fact]
    public void Log() => new Fuzzer(output).Run(60_000, Logs, body =>
    {
        var reader = new BatchReader(body);
        while (reader.TryRead(out var entry))
            Walk(entry.Change);
    });

    [Fact]
    public void Acl_vectors() => new Fuzzer(output).Run(30_000, seed => Encoded(
        seed, RecordGenerators.Acls, (buffer, acls) => AclVector.Write(buffer, acls)), bytes =>
    {
        var reader = new JuteReader(bytes.Span);
        AclVector.Read(ref reader);
    });

    [Fact]
    public void Connect_requests() => new Fuzzer(output).Run(30_000, seed => Encoded(
        seed,
        RecordGenerators.Long.SelectMany(_ => RecordGenerators.Bytes, (number, password) => (number, password)),
        (buffer, connect) =>
        {
            buffer.WriteInt(0);
            buffer.WriteLong(connect.number);
            buffer.WriteInt(10_000);
            buffer.WriteLong(connect.number);
            buffer.WriteBuffer(connect.password);
            buffer.WriteBool(true);
        }), bytes =>
    {
        var reader = new JuteReader(bytes.Span);
        ConnectRequest.Read(ref reader);
    });

    [Fact]
    public void Fields_of_any_kind() => new Fuzzer(output).RunOnNoise(30_000, bytes =>
    {
        var reader = new JuteReader(bytes.Span);
        for (int field = bytes.Length; reader.Remaining > 0; field++)
            ReadField(ref reader, field % 10);
    });

    private static void ReadField(ref JuteReader reader, int kind)
    {
        switch (kind)
        {
            case 0:
                reader.ReadInt();
                break;
            case 1:
                reader.ReadLong();
                break;
            case 2:
                reader.ReadBool();
                break;
            case 3:
                reader.ReadString();
                break;
            case 4:
                reader.ReadBufferAsArray();
                break;
            case 5:
                reader.ReadCount(1);
                break;
            case 6:
                reader.ReadUtf8();
                break;
            case 7:
                Stat.Read(ref reader);
                break;
            case 8:
                ReplyHeader.Read(ref reader);
                break;
            default:
                RequestHeader.Read(ref reader);
                break;
        }
    }

    private static void Walk(in Change change)
    {
        if (change.Kind is EntryKind.Multi or EntryKind.CloseSession)
        {
            foreach (var item in change.Items)
                Walk(item);
        }
        else if (change.Kind is EntryKind.Create or EntryKind.SetAcl)
        {
            Tree.AclTable.Decode(change.Acl.Span);
        }
    }

    private static List<byte[]> Logs(int seed)
    {
        var logs = new List<byte[]>();
        foreach (var history in Histories.All.Generator.Sample(150, PropertyRun.Random(seed), Records / 5))
        {
            using var silo = new WritingSilo(groups: true, restarts: true);
            silo.Carry(history);
            logs.AddRange(silo.Log);
        }
        return logs;
    }

    private static byte[][] Encoded<T>(int seed, Gen<T> values, Action<JuteBuffer, T> encode) =>
        [.. values.Sample(20, PropertyRun.Random(seed), Records).Select(value =>
        {
            using var buffer = new JuteBuffer();
            encode(buffer, value);
            return buffer.WrittenSpan.ToArray();
        })];
}
