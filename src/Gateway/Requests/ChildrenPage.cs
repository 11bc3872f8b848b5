using Coordination.Engine;
using Coordination.Engine.Security;
using Coordination.Engine.Tree;
using Coordination.Protocol;

namespace Coordination.Gateway.Requests;

/// <summary>Answers for a part of a list of children: those whose names come after one, of the list as of one zxid.</summary>
/// <remarks>The caller holds the replica's lock, and no entry is applied in part.</remarks>
internal static class ChildrenPage
{
    private const int MostChildren = 1024;
    private const int MostBytes = 256 * 1024;
    private const int BeginsWalk = -1;
    private const int WithData = 1;
    private const int WithStat = 2;

    private enum ChildState
    {
        AsOfZxid,
        SetSince,
        DeletedSince,
        NotReadable,
    }

    /// <summary>Answers one request.</summary>
    /// <exception cref="MalformedRecordException">The bytes are no such record; nothing was written.</exception>
    public static void WriteFrame(
        JuteBuffer buffer, RequestHeader header, ref JuteReader record, CoordinationState state, Identity[] identities,
        ChildWalks walks)
    {
        var path = record.ReadUtf8(out bool isNull);
        byte[] after = record.ReadUtf8().ToArray();
        int most = record.ReadInt();
        int fields = record.ReadInt();
        long zxid = record.ReadLong();
        if (zxid == BeginsWalk)
            zxid = state.LastZxid;
        var node = state.Tree.Find(path);
        var error = isNull ? ErrorCode.MarshallingError
            : most < 1 || (fields & ~(WithData | WithStat)) != 0 ? ErrorCode.BadArguments
            : ReadAnswer.CheckRead(node, state, identities);
        ZnodeChildren.Snapshot? children = null;
        if (error == ErrorCode.Ok && (children = ChildrenAt(node!, zxid, state, walks)) is null)
            error = ErrorCode.HistoryLost;
        int start = buffer.Length;
        buffer.WriteInt(0);
        new ReplyHeader(header.Xid, state.LastZxid, error).Write(buffer);
        if (error == ErrorCode.Ok)
        {
            buffer.WriteLong(zxid);
            buffer.WriteInt(children!.Count);
            var page = new Page(state, identities, node!, zxid, fields);
            if (!page.Write(buffer, children.After(after), Math.Min(most, MostChildren)))
                walks.Keep(node!, zxid, children);
        }
        buffer.WriteIntAt(start, buffer.Length - start - 4);
    }

    // Where no child came or went since, the list is what it was.
    private static ZnodeChildren.Snapshot? ChildrenAt(Znode node, long zxid, CoordinationState state, ChildWalks walks) =>
        walks.Find(node, zxid)
        ?? (node.Stat.Pzxid <= zxid && zxid <= state.LastZxid ? node.Children.TakeSnapshot() : null);

    private readonly ref struct Page(
        CoordinationState state, ReadOnlySpan<Identity> identities, Znode parent, long zxid, int fields)
    {
        private readonly ReadOnlySpan<Identity> _identities = identities;

        // Whether it has the last child.
        public bool Write(JuteBuffer buffer, IEnumerable<Znode> children, int most)
        {
            int start = buffer.Length;
            buffer.WriteBool(true);
            buffer.WriteInt(0);
            int count = 0;
            bool isLast = true;
            byte[] prefix = PrefixOf(parent);
            foreach (var child in children)
            {
                if (count == most || (count > 0 && buffer.Length - start > MostBytes))
                {
                    isLast = false;
                    break;
                }
                Write(buffer, child, prefix);
                count++;
            }
            buffer.WriteByteAt(start, isLast ? (byte)1 : (byte)0);
            buffer.WriteIntAt(start + 1, count);
            return isLast;
        }

        private void Write(JuteBuffer buffer, Znode child, byte[] prefix)
        {
            var childState = StateOf(child, prefix);
            buffer.WriteBuffer(child.Name);
            buffer.WriteInt((int)childState);
            if (childState is ChildState.DeletedSince or ChildState.NotReadable)
                return;
            if ((fields & WithData) != 0)
                ReadAnswer.WriteData(buffer, child);
            if ((fields & WithStat) != 0)
                child.Stat.Write(buffer);
        }

        private ChildState StateOf(Znode child, byte[] prefix)
        {
            // What was deleted has an ACL of nobody's by now.
            if (parent.Stat.Pzxid > zxid && !ReferenceEquals(state.Tree.Find([.. prefix, .. child.Name]), child))
                return ChildState.DeletedSince;
            if (fields != 0 && !AccessRules.Allows(state.Tree.Acls[child.AclId], Permissions.Read, _identities))
                return ChildState.NotReadable;
            return child.Stat.Mzxid > zxid ? ChildState.SetSince : ChildState.AsOfZxid;
        }

        private static byte[] PrefixOf(Znode parent)
        {
            byte[] path = parent.GetPath();
            return ZnodePath.IsRoot(path) ? path : [.. path, (byte)'/'];
        }
    }
}
