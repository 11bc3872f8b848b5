using System.Text;
using Coordination.Testing.RawProtocol;

namespace Coordination.Gateway.Tests.Wire;

/// <summary>Requests as the bytes that they are on the wire, their length in front.</summary>
public static class Frames
{
    public const int NotificationXid = -1;
    public const int PingXid = -2;
    public const int AuthXid = -4;
    public const int SetWatchesXid = -8;

    private static readonly byte[] s_noPassword = new byte[16];

    /// <param name="sessionId">The session to re-attach to; 0 opens a new one.</param>
    /// <param name="password">Its password; null for 16 zero bytes.</param>
    /// <param name="timeout">The timeout that is asked for, in milliseconds.</param>
    /// <param name="lastZxidSeen">The highest zxid that the client has seen.</param>
    /// <param name="readOnly">The last field; null leaves it out, as old clients do.</param>
    public static byte[] Connect(
        long sessionId = 0, byte[]? password = null, int timeout = 10_000, long lastZxidSeen = 0, bool? readOnly = false)
    {
        var writer = new JuteWriter();
        writer.WriteInt(0);
        writer.WriteLong(lastZxidSeen);
        writer.WriteInt(timeout);
        writer.WriteLong(sessionId);
        writer.WriteBuffer(password ?? s_noPassword);
        if (readOnly is { } said)
            writer.WriteBool(said);
        return writer.ToFrame();
    }

    public static byte[] Request(int xid, OperationCode operation, Action<JuteWriter>? record = null)
    {
        var writer = new JuteWriter();
        writer.WriteInt(xid);
        writer.WriteInt((int)operation);
        record?.Invoke(writer);
        return writer.ToFrame();
    }

    public static byte[] Create(
        int xid, string path, byte[]? data = null, CreateMode mode = CreateMode.Persistent) =>
        Request(xid, OperationCode.Create, writer => WriteCreate(writer, path, data, mode));

    public static byte[] Delete(int xid, string path) => Request(xid, OperationCode.Delete, writer =>
    {
        writer.WriteString(path);
        writer.WriteInt(-1);
    });

    public static byte[] SetData(int xid, string path, byte[]? data) => Request(xid, OperationCode.SetData, writer =>
    {
        writer.WriteString(path);
        writer.WriteBuffer(data);
        writer.WriteInt(-1);
    });

    public static byte[] Exists(int xid, string path, bool watch = false) =>
        PathAndWatch(xid, OperationCode.Exists, path, watch);

    public static byte[] GetData(int xid, string path, bool watch = false) =>
        PathAndWatch(xid, OperationCode.GetData, path, watch);

    public static byte[] GetChildren(int xid, string path, bool watch = false) =>
        PathAndWatch(xid, OperationCode.GetChildren, path, watch);

    public static byte[] Sync(int xid, string path) =>
        Request(xid, OperationCode.Sync, writer => writer.WriteString(path));

    public static byte[] Ping() => Request(PingXid, OperationCode.Ping);

    public static byte[] CloseSession(int xid) => Request(xid, OperationCode.CloseSession);

    public static byte[] Auth(string scheme, string credentials) => Request(AuthXid, OperationCode.Auth, writer =>
    {
        writer.WriteInt(0);
        writer.WriteString(scheme);
        writer.WriteBuffer(Encoding.UTF8.GetBytes(credentials));
    });

    public static byte[] SetWatches(long relativeZxid, string[] data, string[] exist, string[] child) =>
        Request(SetWatchesXid, OperationCode.SetWatches, writer =>
        {
            writer.WriteLong(relativeZxid);
            writer.WriteStrings(data);
            writer.WriteStrings(exist);
            writer.WriteStrings(child);
        });

    /// <param name="xid">The request's number.</param>
    /// <param name="path">What to watch.</param>
    /// <param name="mode">An <see cref="AddWatchMode"/>, or a number that is none.</param>
    public static byte[] AddWatch(int xid, string path, int mode) => PathAndNumber(xid, OperationCode.AddWatch, path, mode);

    /// <param name="xid">The request's number.</param>
    /// <param name="path">What is watched.</param>
    /// <param name="type">A <see cref="WatcherType"/>, or a number that is none.</param>
    public static byte[] RemoveWatches(int xid, string path, int type) =>
        PathAndNumber(xid, OperationCode.RemoveWatches, path, type);

    /// <summary>The record of a create, with an ACL that leaves it open.</summary>
    public static void WriteCreate(JuteWriter writer, string path, byte[]? data, CreateMode mode)
    {
        writer.WriteString(path);
        writer.WriteBuffer(data);
        writer.WriteInt(1);
        writer.WriteInt((int)Permissions.All);
        writer.WriteString("world");
        writer.WriteString("anyone");
        writer.WriteInt((int)mode);
    }

    /// <summary>What stands before each operation of a multi, and after the last.</summary>
    public static void WriteMultiHeader(JuteWriter writer, int operation, bool done)
    {
        writer.WriteInt(operation);
        writer.WriteBool(done);
        writer.WriteInt(-1);
    }

    /// <summary>A multi that does the same to each path.</summary>
    public static byte[] Multi(int xid, string[] paths, MultiPart part) => Multi(xid, OperationCode.Multi, (paths, part));

    /// <summary>A multi that does one thing after another, each to all of its paths.</summary>
    public static byte[] Multi(int xid, params (string[] Paths, MultiPart Part)[] parts) =>
        Multi(xid, OperationCode.Multi, parts);

    public static byte[] Multi(int xid, OperationCode operation, params (string[] Paths, MultiPart Part)[] parts) =>
        Request(xid, operation, writer =>
        {
            foreach (var (paths, part) in parts)
            {
                foreach (string path in paths)
                {
                    WriteMultiHeader(writer, (int)part.Operation, done: false);
                    part.Write(writer, path);
                }
            }

            WriteMultiHeader(writer, -1, done: true);
        });

    private static byte[] PathAndNumber(int xid, OperationCode operation, string path, int number) =>
        Request(xid, operation, writer =>
        {
            writer.WriteString(path);
            writer.WriteInt(number);
        });

    private static byte[] PathAndWatch(int xid, OperationCode operation, string path, bool watch) =>
        Request(xid, operation, writer =>
        {
            writer.WriteString(path);
            writer.WriteBool(watch);
        });
}
