using System.Diagnostics.CodeAnalysis;

namespace Coordination.Engine.Watches;

/// <summary>Those who watch one path, on their way to be told in pieces.</summary>
/// <param name="watchers">The watchers; nobody else may change them.</param>
/// <param name="spent">The watch that each of them loses by being told; null where it stays.</param>
internal sealed class WatcherCrowd(HashSet<Watcher> watchers, WatchedPath? spent)
{
    private HashSet<Watcher>.Enumerator _left = watchers.GetEnumerator();

    /// <summary>Goes to the next watcher, whose watch is dropped if it is spent; false where there is none.</summary>
    public bool MoveNext([NotNullWhen(true)] out Watcher? watcher)
    {
        watcher = _left.MoveNext() ? _left.Current : null;
        if (watcher is not null && spent is { } watch)
            watcher.Watched.Remove(watch);
        return watcher is not null;
    }
}
