using Coordination.Protocol;

namespace Coordination.Engine.Watches;

/// <summary>The watches of one kind, by path. Guarded by its <see cref="WatchTable"/>.</summary>
internal sealed class PathWatches
{
    private readonly WatchKind _kind;
    private readonly Dictionary<byte[], HashSet<Watcher>> _watchers = new(ByteSequenceComparer.Instance);
    private readonly Dictionary<byte[], HashSet<Watcher>>.AlternateLookup<ReadOnlySpan<byte>> _byPath;

    public PathWatches(WatchKind kind)
    {
        _kind = kind;
        _byPath = _watchers.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    public int Count { get; private set; }

    public void Add(ReadOnlySpan<byte> path, Watcher watcher)
    {
        if (!_byPath.TryGetValue(path, out byte[]? key, out var watchers))
        {
            key = path.ToArray();
            watchers = [];
            _watchers.Add(key, watchers);
        }
        if (!watchers.Add(watcher))
            return;
        Count++;
        watcher.Watched.Add(new WatchTable.Watched(_kind, key));
    }

    public void Remove(byte[] path, Watcher watcher)
    {
        if (!_watchers.TryGetValue(path, out var watchers) || !watchers.Remove(watcher))
            return;
        Count--;
        if (watchers.Count == 0)
            _watchers.Remove(path);
    }

    /// <summary>Tells all who watch the event's path and may read it, but those in <paramref name="except"/>, and drops
    /// the watches.</summary>
    public HashSet<Watcher>? Fire(in WatchEvent watchEvent, Acl[]? acl, HashSet<Watcher>? except)
    {
        if (_watchers.Count == 0 || !_byPath.Remove(watchEvent.Path, out byte[]? key, out var watchers))
            return null;
        Count -= watchers.Count;
        foreach (var watcher in watchers)
        {
            watcher.Watched.Remove(new WatchTable.Watched(_kind, key));
            if ((except is null || !except.Contains(watcher)) && (acl is null || watcher.MayRead(acl)))
                watcher.Notify(watchEvent);
        }
        return watchers;
    }
}
