using Coordination.Engine.Watches;
using Coordination.Protocol;

namespace Coordination.Engine.Tests.Properties;

/// <summary>The rules of watches at their plainest: a set of who watches what.</summary>
internal sealed class WatchModel(int watchers)
{
    private readonly HashSet<(WatchKind Kind, string Path, int Watcher)> _set = [];

    public int Count => _set.Count + _set.Count(one => one.Kind == WatchKind.Persistent);

    /// <summary>What each watcher has been told.</summary>
    public List<string>[] Told { get; } = [.. Enumerable.Range(0, watchers).Select(_ => new List<string>())];

    public void Add(WatchKind kind, string path, int watcher) => _set.Add((kind, path, watcher));

    public bool Contains(WatchKind kind, string path, int watcher) => _set.Contains((kind, path, watcher));

    public bool Remove(WatchKind kind, string path, int watcher) => _set.Remove((kind, path, watcher));

    public void RemoveAll(int watcher) => _set.RemoveWhere(one => one.Watcher == watcher);

    public void Created(string path, long zxid)
    {
        Fire(path, WatchEventType.NodeCreated, zxid, [WatchKind.Data]);
        Fire(ParentOf(path), WatchEventType.NodeChildrenChanged, zxid, [WatchKind.Children]);
    }

    public void DataChanged(string path, long zxid) => Fire(path, WatchEventType.NodeDataChanged, zxid, [WatchKind.Data]);

    public void Deleted(string path, long zxid)
    {
        Fire(path, WatchEventType.NodeDeleted, zxid, [WatchKind.Data, WatchKind.Children]);
        Fire(ParentOf(path), WatchEventType.NodeChildrenChanged, zxid, [WatchKind.Children]);
    }

    private static string ParentOf(string path) => path.LastIndexOf('/') is var slash && slash <= 0 ? "/" : path[..slash];

    private void Fire(string path, WatchEventType type, long zxid, WatchKind[] oneShot)
    {
        for (int watcher = 0; watcher < Told.Length; watcher++)
        {
            bool watches = _set.Contains((WatchKind.Persistent, path, watcher))
                || (type != WatchEventType.NodeChildrenChanged && _set.Any(one => IsAbove(one, path, watcher)));
            foreach (var kind in oneShot)
                watches |= _set.Remove((kind, path, watcher));
            if (watches)
                Tell(watcher, type, path, zxid);
        }
    }

    private static bool IsAbove((WatchKind Kind, string Path, int Watcher) watch, string path, int watcher) =>
        watch.Kind == WatchKind.Recursive && watch.Watcher == watcher
        && (watch.Path == path || watch.Path == "/"
            || (watch.Path.Length > 0 && path.StartsWith(watch.Path + "/", StringComparison.Ordinal)));

    private void Tell(int watcher, WatchEventType type, string path, long zxid) =>
        Told[watcher].Add($"{type} {path} {zxid:x}");
}
