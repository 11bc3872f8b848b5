using System.Buffers.Binary;
using Coordination.Protocol;

namespace Coordination.Gateway.Requests;

/// <summary>Encodes answers that have no record, or no more than a path.</summary>
internal static class HeaderFrame
{
    private const int FrameLengthSize = 4;
    private const int ErrorOffset = 4 + 8;

    /// <summary>The error of an answer in a buffer.</summary>
    public static ErrorCode ErrorAt(JuteBuffer buffer, int start) =>
        (ErrorCode)BinaryPrimitives.ReadInt32BigEndian(buffer.WrittenSpan[(start + FrameLengthSize + ErrorOffset)..]);

    public static void Write(JuteBuffer buffer, int xid, long zxid, ErrorCode error)
    {
        buffer.WriteInt(ReplyHeader.EncodedLength);
        new ReplyHeader(xid, zxid, error).Write(buffer);
    }

    public static void WriteWithToken(JuteBuffer buffer, int xid, ErrorCode error, byte[]? token)
    {
        buffer.WriteInt(ReplyHeader.EncodedLength + 4 + (token?.Length ?? 0));
        new ReplyHeader(xid, 0, error).Write(buffer);
        buffer.WriteBuffer(token);
    }

    public static void WriteWithPath(JuteBuffer buffer, int xid, long zxid, ref JuteReader path)
    {
        var bytes = path.ReadUtf8(out bool isNull);
        buffer.WriteInt(ReplyHeader.EncodedLength + 4 + bytes.Length);
        new ReplyHeader(xid, zxid, ErrorCode.Ok).Write(buffer);
        if (isNull)
            buffer.WriteNullBuffer();
        else
            buffer.WriteBuffer(bytes);
    }
}
