using System.Buffers.Binary;
using Coordination.Protocol;
using FsCheck;
using FsCheck.Fluent;
using Xunit.Abstractions;

namespace Coordination.Engine.Tests.Properties;

/// <summary>What is decoded is what was encoded, and every byte of it is read.</summary>
public sealed class RoundTripProperties(ITestOutputHelper output)
{
    private delegate T Decode<out T>(ref JuteReader reader);

    [Fact]
    public void Stat() => Check(RecordGenerators.Stat, (buffer, stat) => stat.Write(buffer), Protocol.Stat.Read, Assert.Equal);

    [Fact]
    public void Acl_vector() => Check(
        RecordGenerators.Acls,
        (buffer, acls) => AclVector.Write(buffer, acls),
        (ref JuteReader reader) => AclVector.Read(ref reader),
        Assert.Equal);

    [Fact]
    public void Acl_as_it_is_kept() => PropertyRun.ForAll(output, 300, 30, RecordGenerators.Acls.ToArbitrary(), acls =>
        Assert.Equal(acls, Tree.AclTable.Decode(Tree.AclTable.Encode(acls))));

    [Fact]
    public void Reply_header() => Check(
        from xid in RecordGenerators.Int
        from zxid in RecordGenerators.Long
        from error in Gen.Elements(Enum.GetValues<ErrorCode>())
        select new ReplyHeader(xid, zxid, error),
        (buffer, header) => header.Write(buffer),
        ReplyHeader.Read,
        Assert.Equal);

    [Fact]
    public void Request_header() => Check(
        RecordGenerators.Int.SelectMany(
            _ => RecordGenerators.Int, (xid, operation) => new RequestHeader(xid, (OperationCode)operation)),
        (buffer, header) =>
        {
            buffer.WriteInt(header.Xid);
            buffer.WriteInt((int)header.Operation);
        },
        RequestHeader.Read,
        Assert.Equal);

    [Fact]
    public void Connect_request() => Check(
        from zxid in RecordGenerators.Long
        from timeout in RecordGenerators.Int
        from session in RecordGenerators.Long
        from password in RecordGenerators.BytesOrNull
        from readOnly in Gen.Elements<bool?>(null, true, false)
        select (Request: new ConnectRequest(zxid, timeout, session, password ?? [], readOnly), Password: password),
        (buffer, sent) =>
        {
            buffer.WriteInt(0);
            buffer.WriteLong(sent.Request.LastZxidSeen);
            buffer.WriteInt(sent.Request.TimeoutMilliseconds);
            buffer.WriteLong(sent.Request.SessionId);
            buffer.WriteBuffer(sent.Password);
            if (sent.Request.ReadOnly is { } readOnly)
                buffer.WriteBool(readOnly);
        },
        ConnectRequest.Read,
        (sent, read) =>
        {
            Assert.Equal(sent.Request with { Password = [] }, read with { Password = [] });
            Assert.Equal(sent.Request.Password, read.Password);
        });

    [Fact]
    public void Connect_response() => PropertyRun.ForAll(
        output, 300, 30,
        (from timeout in RecordGenerators.Int
         from session in RecordGenerators.Long
         from password in RecordGenerators.Bytes
         from readOnly in Gen.Elements<bool?>(null, true, false)
         select new ConnectResponse(timeout, session, password, readOnly)).ToArbitrary(),
        response =>
        {
            using var buffer = new JuteBuffer();
            response.WriteFrame(buffer);
            var frame = buffer.WrittenSpan;
            Assert.Equal(frame.Length - 4, BinaryPrimitives.ReadInt32BigEndian(frame));
            var reader = new JuteReader(frame[4..]);
            Assert.Equal(0, reader.ReadInt());
            Assert.Equal(response.TimeoutMilliseconds, reader.ReadInt());
            Assert.Equal(response.SessionId, reader.ReadLong());
            Assert.Equal(response.Password.ToArray(), reader.ReadBufferAsArray());
            Assert.Equal(response.ReadOnly, reader.Remaining > 0 ? reader.ReadBool() : null);
            Assert.Equal(0, reader.Remaining);
        });

    [Fact]
    public void Primitives() => Check(
        from ints in RecordGenerators.Int.ArrayOf()
        from longs in RecordGenerators.Long.ArrayOf()
        from texts in RecordGenerators.Text.ArrayOf()
        from buffers in RecordGenerators.BytesOrNull.ArrayOf()
        select (Ints: ints, Longs: longs, Texts: texts, Buffers: buffers),
        (buffer, values) =>
        {
            WriteAll(buffer, values.Ints, buffer.WriteInt);
            WriteAll(buffer, values.Longs, buffer.WriteLong);
            WriteAll(buffer, values.Texts, buffer.WriteString);
            WriteAll(buffer, values.Buffers, buffer.WriteBuffer);
        },
        (ref JuteReader reader) => (
            Ints: ReadAll(ref reader, 4, (ref JuteReader item) => item.ReadInt()),
            Longs: ReadAll(ref reader, 8, (ref JuteReader item) => item.ReadLong()),
            Texts: ReadAll(ref reader, 4, (ref JuteReader item) => item.ReadString()),
            Buffers: ReadAll(ref reader, 4, (ref JuteReader item) => item.ReadBufferAsArray())),
        (written, read) =>
        {
            Assert.Equal(written.Ints, read.Ints);
            Assert.Equal(written.Longs, read.Longs);
            Assert.Equal(written.Texts, read.Texts);
            Assert.Equal(written.Buffers, read.Buffers);
        });

    private void Check<TWritten, TRead>(
        Gen<TWritten> values, Action<JuteBuffer, TWritten> encode, Decode<TRead> decode, Action<TWritten, TRead> compare) =>
        PropertyRun.ForAll(output, 300, 30, values.ToArbitrary(), value =>
        {
            using var buffer = new JuteBuffer(1);
            encode(buffer, value);
            var reader = new JuteReader(buffer.WrittenSpan);
            compare(value, decode(ref reader));
            Assert.Equal(0, reader.Remaining);
            Assert.Equal(buffer.Length, reader.Position);
        });

    private static void WriteAll<T>(JuteBuffer buffer, T[] items, Action<T> write)
    {
        buffer.WriteInt(items.Length);
        foreach (var item in items)
            write(item);
    }

    private static T[] ReadAll<T>(ref JuteReader reader, int leastLength, Decode<T> read)
    {
        var items = new T[reader.ReadCount(leastLength)];
        for (int i = 0; i < items.Length; i++)
            items[i] = read(ref reader);
        return items;
    }
}
