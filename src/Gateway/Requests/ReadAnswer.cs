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
    public static bool IsRead(OperationCode operation) => operation is OperationCode.Exists or OperationCode.GetData
        or OperationCode.GetAcl or OperationCode.GetChildren or OperationCode.GetChildren2;

    /// <summary>Answers one read.</summary>
    /// <exception cref="MalformedRecordException">The bytes are no such record; nothing was written.</exception>
    public static void WriteFrame(
        JuteBuffer buffer, RequestHeader header, ref JuteReader record, CoordinationState state,
        ReadOnlySpan<Identity> identities, Watcher watcher)
    {
        var path = record.ReadUtf8();
        bool watch = header.Operation != OperationCode.GetAcl && record.ReadBool();
        var node = state.Tree.Find(path);
        var error = Check(header.Operation, path, node, state, identities);
        int start = buffer.Length;
        buffer.WriteInt(0);
        new ReplyHeader(header.Xid, state.LastZxid, error).Write(buffer);
        if (error == ErrorCode.Ok)
            WriteResult(buffer, header.Operation, node!, state, identities);
        // exists watches a znode that is not there for its creation; nothing else does.
        if (watch && (error == ErrorCode.Ok || (error == ErrorCode.NoNode && header.Operation == OperationCode.Exists)))
            state.Watches.Add(KindOf(header.Operation), path, watcher);
        buffer.WriteIntAt(start, buffer.Length - start - 4);
    }

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

    private static void WriteResult(
        JuteBuffer buffer, OperationCode operation, Znode node, CoordinationState state, ReadOnlySpan<Identity> identities)
    {
        switch (operation)
        {
            case OperationCode.GetData:
                if (node.HasData)
                    buffer.WriteBuffer(node.Data);
                else
                    buffer.WriteNullBuffer();
                break;
            case OperationCode.GetAcl:
                var acl = state.Tree.Acls[node.AclId];
                bool maySet = AccessRules.Allows(acl, Permissions.Admin, identities);
                AclVector.Write(buffer, maySet ? acl : AccessRules.Mask(acl));
                break;
            case OperationCode.GetChildren or OperationCode.GetChildren2:
                buffer.WriteInt(node.ChildCount);
                foreach (var child in node.Children)
                    buffer.WriteBuffer(child.Name);
                break;
        }
        if (operation != OperationCode.GetChildren)
            node.Stat.Write(buffer);
    }

    private static WatchKind KindOf(OperationCode operation) =>
        operation is OperationCode.GetChildren or OperationCode.GetChildren2 ? WatchKind.Children : WatchKind.Data;
}
