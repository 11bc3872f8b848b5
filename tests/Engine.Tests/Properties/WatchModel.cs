using Coordination.Engine.Watches;
using Coordination.Protocol;

namespace Coordination.Engine.Tests.Properties;

/// <summary>The rules of one-shot watches at their plainest: a set of who watches what.</summary>
internal sealed class WatchModel(int watchers)
{
    private readonly HashSet<(WatchKind Kind, string Path, int Watcher)> _set = [];

    public int Count => _set.Count;

    /// <summary>What each watcher has been told.</summary>
    public List<string>[] Told { get; } = [.. Enumerable.Range(0, watchers).Select(_ => new List<string>())];

    public void Add(WatchKind kind, string path, int watcher) => _set.Add((kind, path, watcher));

    public void RemoveAll(int watcher) => _set.RemoveWhere(one => one.Watcher == watcher);

    public void Created(string path, long zxid)
    {
        Fire(WatchKind.Data, path, WatchEventType.NodeCreated, zxid);
        Fire(WatchKind.Children, ParentOf(path), WatchEventType.NodeChildrenChanged, zxid);
    }

    public void DataChanged(string path, long zxid) => Fire(WatchKind.Data, path, WatchEventType.NodeDataChanged, zxid);

    public void Deleted(string path, long zxid)
    {
        for (int watcher = 0; watcher < Told.Length; watcher++)
        {
            bool data = _set.Remove((WatchKind.Data, path, watcher)), children = _set.Remove((WatchKind.Children, path, watcher));
            if (data || children)
                Tell(watcher, WatchEventType.NodeDeleted, path, zxid);
        }
        Fire(WatchKind.Children, ParentOf(path), WatchEventType.NodeChildrenChanged, zxid);
    }

    private static string ParentOf(string path) => path.LastIndexOf('/') is var slash && slash <= 0 ? "/" : path[..slash];

    private void Fire(WatchKind kind, string path, WatchEventType type, long zxid)
    {
        for (int watcher = 0; watcher < Told.Length; watcher++)
        {
            if (_set.Remove((kind, path, watcher)))
                Tell(watcher, type, path, zxid);
        }
    }

    private void Tell(int watcher, WatchEventType type, string path, long zxid) =>
        Told[watcher].Add($"{type} {path} {zxid:x}");
}
