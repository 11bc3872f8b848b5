namespace Coordination.Engine.Watches;

/// <summary>The watches of one kind, by path. Guarded by its <see cref="WatchTable"/>.</summary>
internal sealed class PathWatches
{
    private readonly WatchKind _kind;

    // A Watcher; where there are several, or were, a HashSet<Watcher>. Most paths have one, for whom a set would be large.
    private readonly Dictionary<byte[], object> _watchers = new(ByteSequenceComparer.Instance);
    private readonly Dictionary<byte[], object>.AlternateLookup<ReadOnlySpan<byte>> _byPath;

    public PathWatches(WatchKind kind)
    {
        _kind = kind;
        _byPath = _watchers.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    public int Count { get; private set; }

    public void Add(ReadOnlySpan<byte> path, Watcher watcher)
    {
        if (!_byPath.TryGetValue(path, out byte[]? key, out object? watchers))
        {
            key = path.ToArray();
            _watchers.Add(key, watcher);
        }
        else if (watchers is HashSet<Watcher> several)
        {
            if (!several.Add(watcher))
                return;
        }
        else if (watchers == watcher)
        {
            return;
        }
        else
        {
            _watchers[key] = new HashSet<Watcher> { (Watcher)watchers, watcher };
        }
        Count++;
        watcher.Watched.Add(new WatchedPath(_kind, key));
    }

    public bool Contains(ReadOnlySpan<byte> path, Watcher watcher) =>
        Count > 0 && _byPath.TryGetValue(path, out object? watchers) && Contains(watchers, watcher);

    /// <summary>The very array under which a path is kept; null where nobody watches it.</summary>
    public byte[]? KeyOf(ReadOnlySpan<byte> path) =>
        Count > 0 && _byPath.TryGetValue(path, out byte[]? key, out _) ? key : null;

    /// <summary>Lists those who watch a path, but for those who do in another way too.</summary>
    public void ListTo(List<KeyValuePair<byte[], Watcher>> watches, byte[] path, params ReadOnlySpan<PathWatches> others)
    {
        if (Count == 0 || !_watchers.TryGetValue(path, out object? watchers))
            return;
        if (watchers is not HashSet<Watcher> several)
        {
            if (!IsIn(others, path, (Watcher)watchers))
                watches.Add(new(path, (Watcher)watchers));
            return;
        }
        foreach (var watcher in several)
        {
            if (!IsIn(others, path, watcher))
                watches.Add(new(path, watcher));
        }
    }

    /// <summary>Drops one watch.</summary>
    /// <returns>Whether it was set.</returns>
    public bool Remove(ReadOnlySpan<byte> path, Watcher watcher)
    {
        if (!_byPath.TryGetValue(path, out byte[]? key, out object? watchers) || !Contains(watchers, watcher))
            return false;
        watcher.Watched.Remove(new WatchedPath(_kind, key));
        Forget(key, watcher);
        return true;
    }

    /// <summary>Drops one watch, if it is still set, of a watcher that forgets on its own that it had it.</summary>
    public void Forget(byte[] path, Watcher watcher)
    {
        if (!_watchers.TryGetValue(path, out object? watchers) || !Contains(watchers, watcher))
            return;
        Count--;
        if (watchers is HashSet<Watcher> several && several.Remove(watcher) && several.Count > 0)
            return;
        _watchers.Remove(path);
    }

    /// <summary>Tells all who watch the event's path, and drops their watches.</summary>
    public void Fire(scoped in Telling telling)
    {
        if (Count == 0 || !_byPath.Remove(telling.Event.Path, out byte[]? key, out object? watchers))
            return;
        var watched = new WatchedPath(_kind, key);
        if (watchers is HashSet<Watcher> several)
        {
            Count -= several.Count;
            telling.To(several, watched);
        }
        else
        {
            Count--;
            var watcher = (Watcher)watchers;
            watcher.Watched.Remove(watched);
            telling.To(watcher);
        }
    }

    /// <summary>Tells all who watch a path, whose watches stay.</summary>
    public void Tell(ReadOnlySpan<byte> path, scoped in Telling telling)
    {
        if (Count == 0 || !_byPath.TryGetValue(path, out object? watchers))
            return;
        if (watchers is HashSet<Watcher> several)
            telling.To(several, spent: null);
        else
            telling.To((Watcher)watchers);
    }

    private static bool IsIn(ReadOnlySpan<PathWatches> others, byte[] path, Watcher watcher)
    {
        foreach (var other in others)
        {
            if (other.Contains(path, watcher))
                return true;
        }
        return false;
    }

    private static bool Contains(object watchers, Watcher watcher) =>
        watchers is HashSet<Watcher> several ? several.Contains(watcher) : watchers == watcher;
}
