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
        watcher.Watched.Add(new WatchedPath(_kind, key));
    }

    public bool Contains(ReadOnlySpan<byte> path, Watcher watcher) =>
        _byPath.TryGetValue(path, out var watchers) && watchers.Contains(watcher);

    /// <summary>Drops one watch.</summary>
    /// <returns>Whether it was set.</returns>
    public bool Remove(ReadOnlySpan<byte> path, Watcher watcher)
    {
        if (!_byPath.TryGetValue(path, out byte[]? key, out var watchers) || !watchers.Contains(watcher))
            return false;
        watcher.Watched.Remove(new WatchedPath(_kind, key));
        Forget(key, watcher);
        return true;
    }

    /// <summary>Drops one watch of a watcher that forgets on its own that it had it.</summary>
    public void Forget(byte[] path, Watcher watcher)
    {
        if (!_watchers.TryGetValue(path, out var watchers) || !watchers.Remove(watcher))
            return;
        Count--;
        if (watchers.Count == 0)
            _watchers.Remove(path);
    }

    /// <summary>Tells all who watch the event's path, and drops their watches.</summary>
    public void Fire(scoped in Telling telling)
    {
        if (Count == 0 || !_byPath.Remove(telling.Event.Path, out byte[]? key, out var watchers))
            return;
        Count -= watchers.Count;
        foreach (var watcher in watchers)
        {
            watcher.Watched.Remove(new WatchedPath(_kind, key));
            telling.To(watcher);
        }
    }

    /// <summary>Tells all who watch a path, whose watches stay.</summary>
    public void Tell(ReadOnlySpan<byte> path, scoped in Telling telling)
    {
        if (Count == 0 || !_byPath.TryGetValue(path, out var watchers))
            return;
        foreach (var watcher in watchers)
            telling.To(watcher);
    }
}
