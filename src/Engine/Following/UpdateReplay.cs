using Coordination.Engine.Log;
using Coordination.Engine.Tree;
using Coordination.Protocol;

namespace Coordination.Engine.Following;

/// <summary>Finds the updates of a znode, or of a znode and all below it, in a stretch of the log.</summary>
/// <remarks>
/// Entries carry results and not what was there before, so that is known as far as the stretch reaches: an update tells of the
/// data before it where an earlier entry of the stretch has set that. It need not tell of updates for as long as it only traces
/// what is there. Bounded: what it traces beyond its limits is forgotten, and no more known.
/// </remarks>
/// <param name="top">The znode, in UTF-8.</param>
/// <param name="isRecursive">Whether all below it is followed, too.</param>
public sealed class UpdateReplay(byte[] top, bool isRecursive)
{
    private const int MostTraced = 100_000;
    private const long MostBytes = 32 << 20;

    private readonly Dictionary<byte[], TracedZnode> _znodes = new(ByteSequenceComparer.Instance);
    private long _bytes;

    /// <summary>Goes through one row of the log.</summary>
    /// <param name="body">The row's body.</param>
    /// <param name="after">Only what comes after this zxid is told.</param>
    /// <param name="through">What comes after this zxid is left alone.</param>
    /// <param name="told">What the updates are added to; they keep nothing of the body.</param>
    public void Read(ReadOnlyMemory<byte> body, long after, long through, List<ZnodeUpdate> told)
    {
        var reader = new BatchReader(body);
        while (reader.TryRead(out var entry) && entry.Header.Zxid <= through)
        {
            var to = entry.Header.Zxid > after ? told : null;
            if (entry.Change.Kind is EntryKind.Multi or EntryKind.CloseSession)
            {
                foreach (var change in entry.Change.Items)
                    Read(entry.Header, change, to);
            }
            else
            {
                Read(entry.Header, entry.Change, to);
            }
        }
    }

    private void Read(in EntryHeader header, in Change change, List<ZnodeUpdate>? told)
    {
        if (change.Kind is not (EntryKind.Create or EntryKind.Delete or EntryKind.SetData or EntryKind.SetAcl))
            return;
        if (change.Kind is EntryKind.Create or EntryKind.Delete)
            TraceParent(header, change);
        if (!IsFollowed(change.Path.Span))
            return;
        byte[] path = change.Path.ToArray();
        _znodes.TryGetValue(path, out var before);
        var now = After(header, change, before);
        told?.Add(UpdateOf(header, change, path, before, now));
        Trace(path, before, now);
    }

    private bool IsFollowed(ReadOnlySpan<byte> path) =>
        isRecursive ? ZnodePath.IsAtOrBelow(path, top) : path.SequenceEqual(top);

    // Null where there is no znode any more.
    private static TracedZnode? After(in EntryHeader header, in Change change, TracedZnode? before)
    {
        switch (change.Kind)
        {
            case EntryKind.Delete:
                return null;
            case EntryKind.Create:
                return new TracedZnode
                {
                    Data = DataOf(change),
                    Acl = AclTable.Decode(change.Acl.Span),
                    Stat = new Stat(
                        header.Zxid, header.Zxid, header.Time, header.Time, 0, 0, 0, OwnerMark.SessionOf(change.SessionId),
                        change.Data.Length, 0, header.Zxid),
                };
            case EntryKind.SetData:
                return new TracedZnode
                {
                    Data = DataOf(change),
                    Acl = before?.Acl,
                    CreatedChildren = before?.CreatedChildren ?? 0,
                    Stat = before?.Stat is not { } stat ? null : stat with
                    {
                        Mzxid = header.Zxid, Mtime = header.Time, Version = change.Number, DataLength = change.Data.Length,
                    },
                };
            default:
                return new TracedZnode
                {
                    Data = before?.Data ?? KnownData.Unknown,
                    Acl = AclTable.Decode(change.Acl.Span),
                    CreatedChildren = before?.CreatedChildren ?? 0,
                    Stat = before?.Stat is not { } known ? null : known with { Aversion = change.Number },
                };
        }
    }

    private static ZnodeUpdate UpdateOf(
        in EntryHeader header, in Change change, byte[] path, TracedZnode? before, TracedZnode? now) => new(
        KindOf(change.Kind), path, header.Zxid, header.Time, now?.Data ?? KnownData.None,
        change.Kind == EntryKind.Create ? KnownData.None : before?.Data ?? KnownData.Unknown,
        (now ?? before)?.Stat, (now ?? before)?.Acl);

    private static ZnodeUpdateKind KindOf(EntryKind kind) => kind switch
    {
        EntryKind.Create => ZnodeUpdateKind.Created,
        EntryKind.Delete => ZnodeUpdateKind.Deleted,
        EntryKind.SetData => ZnodeUpdateKind.DataSet,
        _ => ZnodeUpdateKind.AclSet,
    };

    private static KnownData DataOf(in Change change) =>
        new(true, change.HasData ? change.Data.ToArray() : (ReadOnlyMemory<byte>?)null);

    private void TraceParent(in EntryHeader header, in Change change)
    {
        var parent = ZnodePath.ParentOf(change.Path.Span);
        var traced = _znodes.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (!traced.TryGetValue(parent.IsEmpty ? ZnodePath.Root : parent, out var znode) || znode.Stat is not { } stat)
            return;
        bool isCreate = change.Kind == EntryKind.Create;
        znode.CreatedChildren = isCreate ? change.Number : znode.CreatedChildren;
        int children = stat.NumChildren + (isCreate ? 1 : -1);
        znode.Stat = stat with
        {
            Pzxid = header.Zxid, NumChildren = children, Cversion = unchecked((2 * znode.CreatedChildren) - children),
        };
    }

    private void Trace(byte[] path, TracedZnode? before, TracedZnode? now)
    {
        _bytes += LengthOf(now) - LengthOf(before);
        if (now is null)
            _znodes.Remove(path);
        else
            _znodes[path] = now;
        if (_znodes.Count <= MostTraced && _bytes <= MostBytes)
            return;
        _znodes.Clear();
        _bytes = 0;
    }

    private static int LengthOf(TracedZnode? znode) => znode?.Data.Bytes?.Length ?? 0;
}
