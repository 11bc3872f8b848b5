using Coordination.Engine.Tree;
using Coordination.Protocol;

namespace Coordination.Engine.Watches;

/// <summary>The watches of everything that is connected to one silo.</summary>
/// <remarks>
/// <para>Thread-safe on its own, since readers that share the replica's lock set watches side by side. Setting a watch
/// and reading what it watches is one step only if the caller holds that lock around both.</para>
/// <para>A watcher that watches an event in several ways is told once, as in ZooKeeper 3.9.</para>
/// </remarks>
public sealed class WatchTable
{
    private readonly Lock _lock = new();
    private readonly PathWatches _data = new(WatchKind.Data);
    private readonly PathWatches _children = new(WatchKind.Children);
    private readonly PathWatches _persistent = new(WatchKind.Persistent);
    private readonly PathWatches _recursive = new(WatchKind.Recursive);
    private readonly HeldTellings _held = new();
    private long _tellings;

    /// <summary>How many watches are set. A persistent one counts twice, as in ZooKeeper: for data and for children.</summary>
    public int Count => _data.Count + _children.Count + (2 * _persistent.Count) + _recursive.Count;

    /// <summary>Sets a watch; setting it twice is setting it once.</summary>
    public void Add(WatchKind kind, ReadOnlySpan<byte> path, Watcher watcher)
    {
        lock (_lock)
            Of(kind).Add(path, watcher);
    }

    /// <summary>Whether a watch is set.</summary>
    public bool Contains(WatchKind kind, ReadOnlySpan<byte> path, Watcher watcher)
    {
        lock (_lock)
            return Of(kind).Contains(path, watcher);
    }

    /// <summary>Drops a watch.</summary>
    /// <returns>Whether it was set.</returns>
    public bool Remove(WatchKind kind, ReadOnlySpan<byte> path, Watcher watcher)
    {
        lock (_lock)
            return Of(kind).Remove(path, watcher);
    }

    /// <summary>Drops all watches of a watcher.</summary>
    public void RemoveAll(Watcher watcher) => BeginRemoval(watcher).GoOn(int.MaxValue);

    /// <summary>Begins to drop all watches of one who is gone, and sets no more.</summary>
    public WatchRemoval BeginRemoval(Watcher watcher)
    {
        lock (_lock)
        {
            var watched = watcher.Watched;
            // What fires from now on is looked for in vain, and does not change what is gone through.
            watcher.Watched = new WatchedPathSet();
            return new WatchRemoval(this, watcher, watched);
        }
    }

    /// <summary>Lists the next of the paths whose data somebody watches, in whatever ways; a path whose watches change
    /// meanwhile may come twice.</summary>
    /// <remarks>ZooKeeper's wchs, wchc and wchp do not tell of watches of children. In pieces, since everybody who sets a
    /// watch waits for one: what is watched from the first to the last is listed.</remarks>
    /// <param name="watcher">Who watches.</param>
    /// <param name="position">How far the list goes so far; 0 to begin with.</param>
    /// <param name="most">How many watches to look at.</param>
    /// <param name="paths">What they are added to; not to be written to.</param>
    /// <returns>Whether there may be more.</returns>
    public bool ListDataWatches(Watcher watcher, ref int position, int most, List<byte[]> paths)
    {
        lock (_lock)
        {
            for (; most > 0; most--)
            {
                if (!watcher.Watched.MoveNext(ref position, out var watched))
                    return false;
                if (IsFirstOfData(watched.Value, watcher))
                    paths.Add(watched.Value.Path);
            }
            return true;
        }
    }

    /// <summary>Lists those who watch the next of the paths whose data one of them watches.</summary>
    /// <param name="watcher">Who watches.</param>
    /// <param name="position">How far its list goes so far; 0 to begin with.</param>
    /// <param name="most">How many watches to look at; a path's watchers are listed together.</param>
    /// <param name="listed">The paths that others watch too, and that are left out.</param>
    /// <param name="shared">The further ones that were listed now are added to it.</param>
    /// <param name="watches">What is added to.</param>
    /// <returns>Whether there may be more.</returns>
    internal bool ListWatchers(
        Watcher watcher, ref int position, int most, HashSet<byte[]> listed, List<byte[]> shared,
        List<KeyValuePair<byte[], Watcher>> watches)
    {
        lock (_lock)
        {
            for (int end = watches.Count + most; most > 0 && watches.Count < end; most--)
            {
                if (!watcher.Watched.MoveNext(ref position, out var watched))
                    return false;
                if (!IsFirstOfData(watched.Value, watcher))
                    continue;
                byte[] path = KeyOfData(watched.Value);
                if (listed.Contains(path))
                    continue;
                int before = watches.Count;
                _data.ListTo(watches, path);
                _persistent.ListTo(watches, path, _data);
                _recursive.ListTo(watches, path, _data, _persistent);
                if (watches.Count - before > 1)
                    shared.Add(path);
            }
            return true;
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
        var missed = kind is RenewedWatch.Persistent or RenewedWatch.Recursive
            ? WatchEventType.None
            : WhatWasMissed(tree.Find(path), relativeZxid, kind);
        if (missed != WatchEventType.None)
            watcher.Notify(new WatchEvent(missed, path, WatchEvent.NoZxid));
        else
            Add(KindOf(kind), path, watcher);
    }

    // Asked without the lock: watches are set under the replica's lock for reading, entries applied under that for writing.
    private bool IsEmpty => _data.Count + _children.Count + _persistent.Count + _recursive.Count == 0;

    /// <summary>Whether there are events that are not told yet: <see cref="TellHeld"/> tells them.</summary>
    internal bool HoldsEvents => _held.AreKept;

    /// <summary>Keeps back the events from here on, until <see cref="TellHeld"/> has told all of them.</summary>
    internal void Hold() => _held.Keep();

    /// <summary>Tells events that were kept back, in their order.</summary>
    /// <param name="most">How many at the most.</param>
    /// <returns>Whether none is left.</returns>
    internal bool TellHeld(int most)
    {
        lock (_lock)
            return _held.GoOn(most);
    }

    /// <param name="path">The znode that was created.</param>
    /// <param name="zxid">The entry that did it.</param>
    /// <param name="acl">The znode's ACL, and <paramref name="parentAcl"/> its parent's: who may not read a znode hears
    /// nothing of it (CVE-2024-23944), and its one-shot watch is spent. Null for an ACL that lets everybody.</param>
    /// <param name="parentAcl">The parent's ACL.</param>
    internal void Created(ReadOnlySpan<byte> path, long zxid, Acl[]? acl, Acl[]? parentAcl)
    {
        if (IsEmpty)
            return;
        lock (_lock)
        {
            TellOfData(TellingOf(WatchEventType.NodeCreated, path, zxid, acl));
            TellOfChildren(TellingOf(WatchEventType.NodeChildrenChanged, ParentOf(path), zxid, parentAcl));
        }
    }

    internal void Deleted(ReadOnlySpan<byte> path, long zxid, Acl[]? acl, Acl[]? parentAcl)
    {
        if (IsEmpty)
            return;
        lock (_lock)
        {
            var end = TellingOf(WatchEventType.NodeDeleted, path, zxid, acl);
            TellOfData(end);
            _children.Fire(end);
            TellOfChildren(TellingOf(WatchEventType.NodeChildrenChanged, ParentOf(path), zxid, parentAcl));
        }
    }

    internal void DataChanged(ReadOnlySpan<byte> path, long zxid, Acl[]? acl)
    {
        if (IsEmpty)
            return;
        lock (_lock)
            TellOfData(TellingOf(WatchEventType.NodeDataChanged, path, zxid, acl));
    }

    internal bool Remove(Watcher watcher, WatchedPathSet watched, ref int position, int most)
    {
        lock (_lock)
        {
            for (; most > 0; most--)
            {
                if (!watched.MoveNext(ref position, out var watch))
                    return false;
                Of(watch.Value.Kind).Forget(watch.Value.Path, watcher);
            }
            return true;
        }
    }

    private void TellOfData(scoped in Telling telling)
    {
        _data.Fire(telling);
        _persistent.Tell(telling.Event.Path, telling);
        if (_recursive.Count > 0)
            TellAbove(telling);
    }

    private void TellOfChildren(scoped in Telling telling)
    {
        _children.Fire(telling);
        _persistent.Tell(telling.Event.Path, telling);
    }

    private void TellAbove(scoped in Telling telling)
    {
        var path = telling.Event.Path;
        _recursive.Tell(path, telling);
        while (!ZnodePath.IsRoot(path))
        {
            path = ParentOf(path);
            _recursive.Tell(path, telling);
        }
    }

    // Of the watches that one has of a path's data, that which is listed.
    private bool IsFirstOfData(in WatchedPath watched, Watcher watcher) => watched.Kind switch
    {
        WatchKind.Data => true,
        WatchKind.Persistent => !_data.Contains(watched.Path, watcher),
        WatchKind.Recursive => !_data.Contains(watched.Path, watcher) && !_persistent.Contains(watched.Path, watcher),
        _ => false,
    };

    // The same for all who watch a path's data, however they do.
    private byte[] KeyOfData(in WatchedPath watched) => watched.Kind == WatchKind.Data
        ? watched.Path
        : _data.KeyOf(watched.Path) ?? _persistent.KeyOf(watched.Path) ?? watched.Path;

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

    private static WatchKind KindOf(RenewedWatch kind) => kind switch
    {
        RenewedWatch.Children => WatchKind.Children,
        RenewedWatch.Persistent => WatchKind.Persistent,
        RenewedWatch.Recursive => WatchKind.Recursive,
        _ => WatchKind.Data,
    };

    private PathWatches Of(WatchKind kind) => kind switch
    {
        WatchKind.Data => _data,
        WatchKind.Children => _children,
        WatchKind.Persistent => _persistent,
        _ => _recursive,
    };

    private Telling TellingOf(WatchEventType type, ReadOnlySpan<byte> path, long zxid, Acl[]? acl) =>
        new(new WatchEvent(type, path, zxid), acl, ++_tellings, _held);
}
