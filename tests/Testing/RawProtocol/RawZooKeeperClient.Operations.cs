using System.Text;

namespace Coordination.Testing.RawProtocol;

/// <content>The operations of the protocol, one method each.</content>
public sealed partial class RawZooKeeperClient
{
    public Task<Reply<string>> CreateAsync(
        string path, byte[]? data, CreateMode mode = CreateMode.Persistent, IReadOnlyList<AclEntry>? acl = null) =>
        SendAsync(
            OperationCode.Create,
            $"create {path}",
            writer => MultiOperation.WriteCreate(writer, path, data, mode, acl),
            static (ref JuteReader reader) => ReadPath(ref reader));

    public Task<Reply<CreatedZnode>> Create2Async(
        string path, byte[]? data, CreateMode mode = CreateMode.Persistent, IReadOnlyList<AclEntry>? acl = null,
        WriteNumber? number = null) =>
        SendWriteAsync(
            number,
            OperationCode.Create2,
            $"create2 {path}",
            writer => MultiOperation.WriteCreate(writer, path, data, mode, acl),
            ReadCreatedZnode);

    public Task<Reply<CreatedZnode>> CreateContainerAsync(
        string path, byte[]? data, IReadOnlyList<AclEntry>? acl = null, WriteNumber? number = null) =>
        SendWriteAsync(
            number,
            OperationCode.CreateContainer,
            $"createContainer {path}",
            writer => MultiOperation.WriteCreate(writer, path, data, CreateMode.Container, acl),
            ReadCreatedZnode);

    /// <param name="path">The znode.</param>
    /// <param name="data">Its data.</param>
    /// <param name="mode">One of the two modes with a TTL.</param>
    /// <param name="ttl">The TTL in milliseconds.</param>
    /// <param name="acl">Its ACL.</param>
    /// <param name="number">The number that it has; null for none.</param>
    public Task<Reply<CreatedZnode>> CreateTtlAsync(
        string path, byte[]? data, CreateMode mode, long ttl, IReadOnlyList<AclEntry>? acl = null,
        WriteNumber? number = null) =>
        SendWriteAsync(
            number,
            OperationCode.CreateTtl,
            $"createTTL {path}",
            writer =>
            {
                MultiOperation.WriteCreate(writer, path, data, mode, acl);
                writer.WriteLong(ttl);
            },
            ReadCreatedZnode);

    public Task<Reply<Nothing>> DeleteAsync(string path, int version = -1, WriteNumber? number = null) => SendWriteAsync(
        number,
        OperationCode.Delete,
        $"delete {path}",
        writer =>
        {
            writer.WriteString(path);
            writer.WriteInt(version);
        },
        ReadNothing);

    /// <summary>A znode that does not exist is the error NoNode; the watch is set all the same.</summary>
    public Task<Reply<Stat>> ExistsAsync(string path, bool watch = false) => SendAsync(
        OperationCode.Exists,
        $"exists {path}",
        writer => WritePathAndWatch(writer, path, watch),
        Stat.Read);

    public Task<Reply<ZnodeData>> GetDataAsync(string path, bool watch = false) => SendAsync(
        OperationCode.GetData,
        $"getData {path}",
        writer => WritePathAndWatch(writer, path, watch),
        static (ref JuteReader reader) => new ZnodeData(reader.ReadBuffer(), Stat.Read(ref reader)));

    public Task<Reply<Stat>> SetDataAsync(
        string path, byte[]? data, int version = -1, WriteNumber? number = null) => SendWriteAsync(
        number,
        OperationCode.SetData,
        $"setData {path}",
        writer =>
        {
            writer.WriteString(path);
            writer.WriteBuffer(data);
            writer.WriteInt(version);
        },
        Stat.Read);

    public Task<Reply<ZnodeAcl>> GetAclAsync(string path) => SendAsync(
        OperationCode.GetAcl,
        $"getACL {path}",
        writer => writer.WriteString(path),
        static (ref JuteReader reader) => new ZnodeAcl(reader.ReadVector(AclEntry.Read), Stat.Read(ref reader)));

    public Task<Reply<Stat>> SetAclAsync(
        string path, IReadOnlyList<AclEntry> acl, int version = -1, WriteNumber? number = null) => SendWriteAsync(
        number,
        OperationCode.SetAcl,
        $"setACL {path}",
        writer =>
        {
            writer.WriteString(path);
            writer.WriteAcl(acl);
            writer.WriteInt(version);
        },
        Stat.Read);

    public Task<Reply<IReadOnlyList<string>>> GetChildrenAsync(string path, bool watch = false) => SendAsync(
        OperationCode.GetChildren,
        $"getChildren {path}",
        writer => WritePathAndWatch(writer, path, watch),
        static (ref JuteReader reader) => reader.ReadStrings());

    public Task<Reply<ZnodeChildren>> GetChildren2Async(string path, bool watch = false) => SendAsync(
        OperationCode.GetChildren2,
        $"getChildren2 {path}",
        writer => WritePathAndWatch(writer, path, watch),
        static (ref JuteReader reader) => new ZnodeChildren(reader.ReadStrings(), Stat.Read(ref reader)));

    /// <summary>Answers with the path that it was given.</summary>
    public Task<Reply<string>> SyncAsync(string path) => SendAsync(
        OperationCode.Sync,
        $"sync {path}",
        writer => writer.WriteString(path),
        static (ref JuteReader reader) => ReadPath(ref reader));

    /// <summary>
    /// All or nothing. The reply's own error is Ok even when the multi failed: look at the results.
    /// </summary>
    public Task<Reply<IReadOnlyList<MultiResult>>> MultiAsync(params IReadOnlyList<MultiOperation> operations) =>
        MultiAsync(null, operations);

    /// <summary>As without a number, unless it is a repeat: then an error of the whole stands in the reply.</summary>
    public Task<Reply<IReadOnlyList<MultiResult>>> MultiAsync(
        WriteNumber? number, IReadOnlyList<MultiOperation> operations) => SendWriteAsync(
        number, OperationCode.Multi, "multi", writer => WriteOperations(writer, operations), MultiResult.ReadAll);

    public Task<Reply<IReadOnlyList<MultiResult>>> MultiReadAsync(params IReadOnlyList<MultiOperation> operations) =>
        SendAsync(
            OperationCode.MultiRead, "multiRead", writer => WriteOperations(writer, operations), MultiResult.ReadAll);

    public Task<Reply<Nothing>> CheckWatchesAsync(string path, WatcherType type) => SendAsync(
        OperationCode.CheckWatches,
        $"checkWatches {path}",
        writer => WritePathAndNumber(writer, path, (int)type),
        ReadNothing);

    public Task<Reply<Nothing>> RemoveWatchesAsync(string path, WatcherType type) => SendAsync(
        OperationCode.RemoveWatches,
        $"removeWatches {path}",
        writer => WritePathAndNumber(writer, path, (int)type),
        ReadNothing);

    public Task<Reply<Nothing>> AddWatchAsync(string path, AddWatchMode mode) => SendAsync(
        OperationCode.AddWatch,
        $"addWatch {path}",
        writer => WritePathAndNumber(writer, path, (int)mode),
        static (ref JuteReader reader) => reader.ReadInt() == 0
            ? default(Nothing)
            : throw new ProtocolViolationException("addWatch has an error in its body and none in its header"));

    public Task<Reply<IReadOnlyList<string>>> GetEphemeralsAsync(string prefix) => SendAsync(
        OperationCode.GetEphemerals,
        $"getEphemerals {prefix}",
        writer => writer.WriteString(prefix),
        static (ref JuteReader reader) => reader.ReadStrings());

    public Task<Reply<int>> GetAllChildrenNumberAsync(string path) => SendAsync(
        OperationCode.GetAllChildrenNumber,
        $"getAllChildrenNumber {path}",
        writer => writer.WriteString(path),
        static (ref JuteReader reader) => reader.ReadInt());

    public Task<Reply<IReadOnlyList<ClientInfo>>> WhoAmIAsync() => SendAsync(
        OperationCode.WhoAmI,
        "whoAmI",
        static _ => { },
        static (ref JuteReader reader) => reader.ReadVector(ClientInfo.Read));

    public Task<Reply<byte[]?>> SaslAsync(byte[] token) => SendAsync(
        OperationCode.Sasl,
        "sasl",
        writer => writer.WriteBuffer(token),
        static (ref JuteReader reader) => reader.ReadBuffer());

    public Task<Reply<Nothing>> PingAsync() =>
        Send(_pings, PingXid, OperationCode.Ping, "ping", static _ => { }, ReadNothing);

    public Task<Reply<Nothing>> AuthenticateAsync(string scheme, string? credentials) => Send(
        _authentications,
        AuthXid,
        OperationCode.Auth,
        $"auth {scheme}",
        writer =>
        {
            writer.WriteInt(0);
            writer.WriteString(scheme);
            writer.WriteBuffer(credentials is null ? null : Encoding.UTF8.GetBytes(credentials));
        },
        ReadNothing);

    /// <summary>Sets watches again after a re-attach; what changed since the zxid comes as notifications.</summary>
    public Task<Reply<Nothing>> SetWatchesAsync(
        long relativeZxid,
        IReadOnlyCollection<string>? data,
        IReadOnlyCollection<string>? exist,
        IReadOnlyCollection<string>? child) => Send(
        _watchResets,
        SetWatchesXid,
        OperationCode.SetWatches,
        "setWatches",
        writer =>
        {
            writer.WriteLong(relativeZxid);
            writer.WriteStrings(data);
            writer.WriteStrings(exist);
            writer.WriteStrings(child);
        },
        ReadNothing);

    /// <summary>As setWatches, for the watches of addWatch too.</summary>
    public Task<Reply<Nothing>> SetWatches2Async(
        long relativeZxid,
        IReadOnlyCollection<string>? data,
        IReadOnlyCollection<string>? exist,
        IReadOnlyCollection<string>? child,
        IReadOnlyCollection<string>? persistent,
        IReadOnlyCollection<string>? persistentRecursive) => Send(
        _watchResets,
        SetWatchesXid,
        OperationCode.SetWatches2,
        "setWatches2",
        writer =>
        {
            writer.WriteLong(relativeZxid);
            writer.WriteStrings(data);
            writer.WriteStrings(exist);
            writer.WriteStrings(child);
            writer.WriteStrings(persistent);
            writer.WriteStrings(persistentRecursive);
        },
        ReadNothing);

    /// <summary>Closes the session, and waits until the server has closed the connection behind its reply.</summary>
    public async Task<Reply<Nothing>> CloseSessionAsync()
    {
        var reply = await SendAsync(
            OperationCode.CloseSession,
            "closeSession",
            static _ => { },
            (ref JuteReader _) =>
            {
                // Decoded on the receiving loop, so that the very next frame is already one too many.
                _closeReplyReceived = true;
                return default(Nothing);
            });
        await Ended.WaitAsync(TimeSpan.FromSeconds(60));
        return reply;
    }

    private static string ReadPath(ref JuteReader reader) =>
        reader.ReadString() ?? throw new ProtocolViolationException("a path is null");

    private static CreatedZnode ReadCreatedZnode(ref JuteReader reader) =>
        new(ReadPath(ref reader), Stat.Read(ref reader));

    private static void WritePathAndWatch(JuteWriter writer, string path, bool watch)
    {
        writer.WriteString(path);
        writer.WriteBool(watch);
    }

    private static void WritePathAndNumber(JuteWriter writer, string path, int number)
    {
        writer.WriteString(path);
        writer.WriteInt(number);
    }

    private static void WriteOperations(JuteWriter writer, IReadOnlyList<MultiOperation> operations)
    {
        foreach (var operation in operations)
            operation.Write(writer);
        MultiOperation.WriteEnd(writer);
    }
}
