using Coordination.Engine.Tree;
using Coordination.Protocol;

namespace Coordination.Engine.Watches;

/// <summary>The one-shot watches of everything that is connected to one silo.</summary>
/// <remarks>Thread-safe on its own, since readers that share the replica's lock set watches side by side. Setting a
/// watch and reading what it watches is one step only if the caller holds that lock around both.</remarks>
public sealed class WatchTable
{
    private readonly Lock _lock = new();
    private readonly PathWatches _data = new(WatchKind.Data);
    private readonly PathWatches _children = new(WatchKind.Children);

    /// <summary>How many watches are set.</summary>
    public int Count => _data.Count + _children.Count;

    /// <summary>Sets a watch; setting it twice is setting it once.</summary>
    public void Add(WatchKind kind, ReadOnlySpan<byte> path, Watcher watcher)
    {
        lock (_lock)
            Of(kind).Add(path, watcher);
    }

    /// <summary>Drops all watches of one who is gone.</summary>
    public void RemoveAll(Watcher watcher)
    {
        lock (_lock)
        {
            foreach (var watched in watcher.Watched)
                Of(watched.Kind).Remove(watched.Path, watcher);
            watcher.Watched.Clear();
        }
    }

    /// <summary>Sets watches anew after a reconnect; those that missed something fire at once.</summary>
    /// <param name="tree">The state to compare with; the caller holds the replica's lock.</param>
    /// <param name="watcher">Who sets them.</param>
    /// <param name="relativeZxid">The last zxid that the client saw.</param>
    /// <param name="kind">How the watch was set.</param>
    /// <param name="path">What it watches.</param>
    public void Renew(ZnodeTree tree, Watcher watcher, long relativeZxid, RenewedWatch kind, ReadOnlySpan<byte> path)
    {
        var missed = WhatWasMissed(tree.Find(path), relativeZxid, kind);
        if (missed != WatchEventType.None)
            watcher.Notify(new WatchEvent(missed, path, WatchEvent.NoZxid));
        else
            Add(kind == RenewedWatch.Children ? WatchKind.Children : WatchKind.Data, path, watcher);
    }

    /// <param name="path">The znode that was created.</param>
    /// <param name="zxid">The entry that did it.</param>
    /// <param name="acl">The znode's ACL, and <paramref name="parentAcl"/> its parent's: who may not read a znode hears
    /// nothing of it (CVE-2024-23944), and its watch is spent. Null for an ACL that lets everybody.</param>
    /// <param name="parentAcl">The parent's ACL.</param>
    internal void Created(ReadOnlySpan<byte> path, long zxid, Acl[]? acl, Acl[]? parentAcl)
    {
        lock (_lock)
        {
            _data.Fire(new WatchEvent(WatchEventType.NodeCreated, path, zxid), acl, null);
            _children.Fire(new WatchEvent(WatchEventType.NodeChildrenChanged, ParentOf(path), zxid), parentAcl, null);
        }
    }

    internal void Deleted(ReadOnlySpan<byte> path, long zxid, Acl[]? acl, Acl[]? parentAcl)
    {
        lock (_lock)
        {
            // One who watches both the data and the children hears of the end once.
            var told = _data.Fire(new WatchEvent(WatchEventType.NodeDeleted, path, zxid), acl, null);
            _children.Fire(new WatchEvent(WatchEventType.NodeDeleted, path, zxid), acl, told);
            _children.Fire(new WatchEvent(WatchEventType.NodeChildrenChanged, ParentOf(path), zxid), parentAcl, null);
        }
    }

    internal void DataChanged(ReadOnlySpan<byte> path, long zxid, Acl[]? acl)
    {
        lock (_lock)
            _data.Fire(new WatchEvent(WatchEventType.NodeDataChanged, path, zxid), acl, null);
    }

    private static WatchEventType WhatWasMissed(Znode? node, long relativeZxid, RenewedWatch kind) => kind switch
    {
        RenewedWatch.Exists => node is null ? WatchEventType.None : WatchEventType.NodeCreated,
        _ when node is null => WatchEventType.NodeDeleted,
        RenewedWatch.Data when node.Mzxid > relativeZxid => WatchEventType.NodeDataChanged,
        RenewedWatch.Children when node.Pzxid > relativeZxid => WatchEventType.NodeChildrenChanged,
        _ => WatchEventType.None,
    };

    private static ReadOnlySpan<byte> ParentOf(ReadOnlySpan<byte> path)
    {
        var parent = ZnodePath.ParentOf(path);
        return parent.IsEmpty ? ZnodePath.Root : parent;
    }

    private PathWatches Of(WatchKind kind) => kind == WatchKind.Data ? _data : _children;

    /// <summary>A path that somebody watches.</summary>
    internal readonly record struct Watched(WatchKind Kind, byte[] Path)
    {
        public bool Equals(Watched other) => Kind == other.Kind && Path.AsSpan().SequenceEqual(other.Path);

        public override int GetHashCode() => ByteSequenceComparer.HashOf(Path) + (int)Kind;
    }
}
