using Coordination.Protocol;

namespace Coordination.Gateway.Requests;

/// <summary>Encodes answers that have no record, or no more than a path.</summary>
internal static class HeaderFrame
{
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

    public static void WriteWithPath(JuteBuffer buffer, int xid, long zxid, ReadOnlySpan<byte> path)
    {
        buffer.WriteInt(ReplyHeader.EncodedLength + 4 + path.Length);
        new ReplyHeader(xid, zxid, ErrorCode.Ok).Write(buffer);
        buffer.WriteBuffer(path);
    }
}
