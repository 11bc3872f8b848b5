using Coordination.Engine.Watches;
using Coordination.Protocol;

namespace Coordination.Gateway.Requests;

/// <summary>Encodes watch events.</summary>
internal static class EventFrame
{
    private const int SyncConnected = 3;

    public static void Write(JuteBuffer buffer, in WatchEvent watchEvent)
    {
        int start = buffer.Length;
        buffer.WriteInt(0);
        new ReplyHeader(ReservedXid.Notification, watchEvent.Zxid, ErrorCode.Ok).Write(buffer);
        buffer.WriteInt((int)watchEvent.Type);
        buffer.WriteInt(SyncConnected);
        buffer.WriteBuffer(watchEvent.Path);
        buffer.WriteIntAt(start, buffer.Length - start - 4);
    }
}
