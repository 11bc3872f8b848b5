using Coordination.Engine.Following;
using Coordination.Protocol;

namespace Coordination.Gateway.Following;

/// <summary>Encodes what a watch that goes on from a zxid tells: docs/protocol.md has it to the byte.</summary>
internal static class UpdateFrame
{
    private const int Mark = 0;
    private const int HistoryLost = -1;

    /// <summary>Writes one update.</summary>
    /// <param name="buffer">Where it goes.</param>
    /// <param name="watch">The client's number of the watch.</param>
    /// <param name="update">The update.</param>
    /// <param name="isLast">Whether it is the last of its zxid.</param>
    public static void Write(JuteBuffer buffer, int watch, ZnodeUpdate update, bool isLast)
    {
        int start = Begin(buffer, watch, update.Zxid, (int)update.Kind);
        buffer.WriteBool(isLast);
        buffer.WriteLong(update.Time);
        buffer.WriteBuffer(update.Path);
        Write(buffer, update.Data);
        Write(buffer, update.Previous);
        buffer.WriteBool(update.Stat is not null);
        update.Stat?.Write(buffer);
        End(buffer, start);
    }

    /// <summary>Writes that all up to a zxid was told.</summary>
    public static void WriteMark(JuteBuffer buffer, int watch, long through) => End(buffer, Begin(buffer, watch, through, Mark));

    /// <summary>Writes that the log does not reach back, and that all after a zxid will be told.</summary>
    public static void WriteHistoryLost(JuteBuffer buffer, int watch, long after) =>
        End(buffer, Begin(buffer, watch, after, HistoryLost));

    private static int Begin(JuteBuffer buffer, int watch, long zxid, int kind)
    {
        int start = buffer.Length;
        buffer.WriteInt(0);
        new ReplyHeader(ReservedXid.Update, zxid, ErrorCode.Ok).Write(buffer);
        buffer.WriteInt(watch);
        buffer.WriteInt(kind);
        return start;
    }

    private static void End(JuteBuffer buffer, int start) => buffer.WriteIntAt(start, buffer.Length - start - 4);

    private static void Write(JuteBuffer buffer, KnownData data)
    {
        buffer.WriteBool(data.IsKnown);
        if (data.Bytes is { } bytes)
            buffer.WriteBuffer(bytes.Span);
        else
            buffer.WriteNullBuffer();
    }
}
