using Coordination.Gateway.Tests.Wire;
using Coordination.Testing.RawProtocol;

namespace Coordination.Gateway.Tests.Extensions;

/// <summary>Requests of the silo's own extensions, to the byte.</summary>
public static class ExtensionFrames
{
    public const int UpdateXid = -7002;
    public const ErrorCode LimitExceeded = (ErrorCode)(-7001);
    public const ErrorCode HistoryLost = (ErrorCode)(-7002);

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
