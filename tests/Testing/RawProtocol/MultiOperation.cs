namespace Coordination.Testing.RawProtocol;

/// <summary>One operation of a multi or a multiRead.</summary>
public sealed class MultiOperation
{
    private readonly Action<JuteWriter> _writeRecord;

    private MultiOperation(OperationCode code, Action<JuteWriter> writeRecord)
    {
        Code = code;
        _writeRecord = writeRecord;
    }

    public OperationCode Code { get; }

    public static MultiOperation Create(
        string path, byte[]? data, CreateMode mode = CreateMode.Persistent, IReadOnlyList<AclEntry>? acl = null) =>
        new(OperationCode.Create, writer => WriteCreate(writer, path, data, mode, acl));

    public static MultiOperation Create2(
        string path, byte[]? data, CreateMode mode = CreateMode.Persistent, IReadOnlyList<AclEntry>? acl = null) =>
        new(OperationCode.Create2, writer => WriteCreate(writer, path, data, mode, acl));

    public static MultiOperation CreateContainer(string path, byte[]? data, IReadOnlyList<AclEntry>? acl = null) =>
        new(OperationCode.CreateContainer, writer => WriteCreate(writer, path, data, CreateMode.Container, acl));

    public static MultiOperation CreateTtl(
        string path, byte[]? data, CreateMode mode, long ttl, IReadOnlyList<AclEntry>? acl = null) =>
        new(OperationCode.CreateTtl, writer =>
        {
            WriteCreate(writer, path, data, mode, acl);
            writer.WriteLong(ttl);
        });

    public static MultiOperation Delete(string path, int version = -1) => new(OperationCode.Delete, writer =>
    {
        writer.WriteString(path);
        writer.WriteInt(version);
    });

    public static MultiOperation SetData(string path, byte[]? data, int version = -1) =>
        new(OperationCode.SetData, writer =>
        {
            writer.WriteString(path);
            writer.WriteBuffer(data);
            writer.WriteInt(version);
        });

    /// <summary>Valid nowhere: in no multi is an ACL set.</summary>
    public static MultiOperation SetAcl(string path, IReadOnlyList<AclEntry> acl, int version) =>
        new(OperationCode.SetAcl, writer =>
        {
            writer.WriteString(path);
            writer.WriteAcl(acl);
            writer.WriteInt(version);
        });

    public static MultiOperation Check(string path, int version) => new(OperationCode.Check, writer =>
    {
        writer.WriteString(path);
        writer.WriteInt(version);
    });

    /// <summary>Of our silos: the znode of that czxid must still be there.</summary>
    public static MultiOperation CheckHeld(string path, long czxid) => new(OperationCode.CheckHeld, writer =>
    {
        writer.WriteString(path);
        writer.WriteLong(czxid);
    });

    /// <summary>Only valid in a multiRead.</summary>
    public static MultiOperation GetData(string path) => new(OperationCode.GetData, writer =>
    {
        writer.WriteString(path);
        writer.WriteBool(false);
    });

    /// <summary>Only valid in a multiRead.</summary>
    public static MultiOperation GetChildren(string path) => new(OperationCode.GetChildren, writer =>
    {
        writer.WriteString(path);
        writer.WriteBool(false);
    });

    internal void Write(JuteWriter writer)
    {
        WriteHeader(writer, (int)Code, false);
        _writeRecord(writer);
    }

    internal static void WriteEnd(JuteWriter writer) => WriteHeader(writer, -1, true);

    internal static void WriteCreate(
        JuteWriter writer, string path, byte[]? data, CreateMode mode, IReadOnlyList<AclEntry>? acl)
    {
        writer.WriteString(path);
        writer.WriteBuffer(data);
        writer.WriteAcl(acl ?? AclEntry.OpenUnsafe);
        writer.WriteInt((int)mode);
    }

    private static void WriteHeader(JuteWriter writer, int type, bool done)
    {
        writer.WriteInt(type);
        writer.WriteBool(done);
        writer.WriteInt(-1);
    }
}
