using Coordination.Engine;
using Coordination.Engine.Security;
using Coordination.Engine.Tree;
using Coordination.Engine.Watches;
using Coordination.Protocol;

namespace Coordination.Gateway.Requests;

/// <summary>Answers reads from the state, straight into the buffer that goes to the client.</summary>
/// <remarks>The caller holds the replica's lock: looking, setting a watch and writing the answer are one step.</remarks>
internal static class ReadAnswer
{
    // Beyond that, a list is written when the state is not locked any more.
    private const int MostChildrenAtOnce = 1024;

    public static bool IsRead(OperationCode operation) => operation is OperationCode.Exists or OperationCode.GetData
        or OperationCode.GetAcl or OperationCode.GetChildren or OperationCode.GetChildren2;

    /// <summary>Answers one read.</summary>
    /// <returns>What is left to be written behind it, where that takes long; otherwise null.</returns>
    /// <exception cref="MalformedRecordException">The bytes are no such record; nothing was written.</exception>
    public static LongAnswer? WriteFrame(
        JuteBuffer buffer, RequestHeader header, ref JuteReader record, CoordinationState state,
        ReadOnlySpan<Identity> identities, Watcher watcher)
    {
        var path = record.ReadUtf8(out bool isNull);
        bool watch = header.Operation != OperationCode.GetAcl && record.ReadBool();
        var node = state.Tree.Find(path);
        var error = isNull ? ErrorCode.MarshallingError : Check(header.Operation, path, node, state, identities);
        int start = buffer.Length;
        buffer.WriteInt(0);
        new ReplyHeader(header.Xid, state.LastZxid, error).Write(buffer);
        LongAnswer? rest = null;
        if (error == ErrorCode.Ok)
            rest = WriteResult(buffer, header.Operation, node!, state, identities, start);
        // exists watches a znode that is not there for its creation; nothing else does.
        if (watch && (error == ErrorCode.Ok || (error == ErrorCode.NoNode && header.Operation == OperationCode.Exists)))
            state.Watches.Add(KindOf(header.Operation), path, watcher);
        buffer.WriteIntAt(start, buffer.Length - start - 4);
        return rest;
    }

    /// <summary>Whether a list of children is one to be written when the state is not locked any more.</summary>
    public static bool IsLong(Znode node) => node.ChildCount > MostChildrenAtOnce;

    /// <summary>Writes the children's names, as a vector.</summary>
    public static void WriteChildren(JuteBuffer buffer, Znode node)
    {
        buffer.WriteInt(node.ChildCount);
        foreach (var child in node.Children)
            buffer.WriteBuffer(child.Name);
    }

    /// <summary>Writes the data, null or not.</summary>
    public static void WriteData(JuteBuffer buffer, Znode node)
    {
        if (node.HasData)
            buffer.WriteBuffer(node.Data);
        else
            buffer.WriteNullBuffer();
    }

    /// <summary>Whether a znode is there, and may be read.</summary>
    public static ErrorCode CheckRead(Znode? node, CoordinationState state, ReadOnlySpan<Identity> identities) =>
        Check(OperationCode.GetData, default, node, state, identities);

    /// <summary>Reads the record of a getData or an exists without answering it.</summary>
    /// <exception cref="MalformedRecordException">The bytes are no such record.</exception>
    public static void Skip(ref JuteReader record)
    {
        record.ReadUtf8();
        record.ReadBool();
    }

    private static ErrorCode Check(
        OperationCode operation, ReadOnlySpan<byte> path, Znode? node, CoordinationState state,
        ReadOnlySpan<Identity> identities)
    {
        if (operation == OperationCode.Exists && path.Contains((byte)0))
            return ErrorCode.BadArguments;
        if (node is null)
            return ErrorCode.NoNode;
        if (node.AclId == AclTable.OpenId)
            return ErrorCode.Ok;
        var needed = operation == OperationCode.GetAcl ? Permissions.Read | Permissions.Admin : Permissions.Read;
        return AccessRules.Allows(state.Tree.Acls[node.AclId], needed, identities) ? ErrorCode.Ok : ErrorCode.NoAuth;
    }

    private static ChildrenAnswer? WriteResult(
        JuteBuffer buffer, OperationCode operation, Znode node, CoordinationState state, ReadOnlySpan<Identity> identities,
        int start)
    {
        switch (operation)
        {
            case OperationCode.GetData:
                WriteData(buffer, node);
                break;
            case OperationCode.GetAcl:
                var acl = state.Tree.Acls[node.AclId];
                bool maySet = AccessRules.Allows(acl, Permissions.Admin, identities);
                AclVector.Write(buffer, maySet ? acl : AccessRules.Mask(acl));
                break;
            case OperationCode.GetChildren or OperationCode.GetChildren2 when IsLong(node):
                Stat? stat = operation == OperationCode.GetChildren2 ? node.Stat : null;
                return new ChildrenAnswer(start, node.Children.TakeSnapshot(), stat);
            case OperationCode.GetChildren or OperationCode.GetChildren2:
                WriteChildren(buffer, node);
                break;
        }
        if (operation != OperationCode.GetChildren)
            node.Stat.Write(buffer);
        return null;
    }

    private static WatchKind KindOf(OperationCode operation) =>
        operation is OperationCode.GetChildren or OperationCode.GetChildren2 ? WatchKind.Children : WatchKind.Data;
}
