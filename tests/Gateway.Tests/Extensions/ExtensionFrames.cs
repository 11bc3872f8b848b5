using System.Buffers.Binary;
using Coordination.Gateway.Tests.Wire;
using Coordination.Testing.RawProtocol;

namespace Coordination.Gateway.Tests.Extensions;

/// <summary>Requests of the silo's own extensions, to the byte.</summary>
public static class ExtensionFrames
{
    public const int UpdateXid = -7002;
    public const ErrorCode LimitExceeded = ErrorCode.LimitExceeded;
    public const ErrorCode HistoryLost = ErrorCode.HistoryLost;
    public const ErrorCode WasRefused = ErrorCode.WasRefused;

    /// <summary>The number in front of a write, which is given as the frame that it would be alone.</summary>
    public static byte[] Once(long number, long firstOpen, byte[] write)
    {
        var writer = new JuteWriter();
        writer.WriteInt(BinaryPrimitives.ReadInt32BigEndian(write.AsSpan(sizeof(int))));
        writer.WriteInt(7001);
        writer.WriteLong(number);
        writer.WriteLong(firstOpen);
        byte[] frame = [.. writer.ToFrame(), .. write.AsSpan(2 * sizeof(int))];
        BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length - sizeof(int));
        return frame;
    }

    public static byte[] WatchFrom(int xid, int watch, string path, int mode, long zxid) =>
        Frames.Request(xid, (OperationCode)7002, writer =>
        {
            writer.WriteInt(watch);
            writer.WriteString(path);
            writer.WriteInt(mode);
            writer.WriteLong(zxid);
        });

    public static byte[] ChildrenPage(int xid, string path, string after, int most, int fields, long zxid) =>
        Frames.Request(xid, (OperationCode)7003, writer =>
        {
            writer.WriteString(path);
            writer.WriteString(after);
            writer.WriteInt(most);
            writer.WriteInt(fields);
            writer.WriteLong(zxid);
        });

    public static byte[] DeleteTree(int xid, string path, int version = -1) =>
        Frames.Request(xid, (OperationCode)7004, writer =>
        {
            writer.WriteString(path);
            writer.WriteInt(version);
        });
}
