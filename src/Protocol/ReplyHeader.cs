namespace Coordination.Protocol;

/// <summary>What every reply, and every watch event, starts with.</summary>
/// <param name="Xid">The xid of the request that it answers, or a <see cref="ReservedXid"/>.</param>
/// <param name="Zxid">How far the server's state has come when it answers.</param>
/// <param name="Error">The outcome; when it is not Ok, no record follows.</param>
public readonly record struct ReplyHeader(int Xid, long Zxid, ErrorCode Error)
{
    /// <summary>How many bytes a header takes on the wire.</summary>
    public const int EncodedLength = 16;

    /// <summary>Decodes a header.</summary>
    /// <exception cref="MalformedRecordException">The record is shorter than a header.</exception>
    public static ReplyHeader Read(ref JuteReader reader) =>
        new(reader.ReadInt(), reader.ReadLong(), (ErrorCode)reader.ReadInt());

    /// <summary>Encodes the header.</summary>
    public void Write(JuteBuffer buffer)
    {
        buffer.WriteInt(Xid);
        buffer.WriteLong(Zxid);
        buffer.WriteInt((int)Error);
    }
}
