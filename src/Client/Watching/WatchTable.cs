using System.Diagnostics;
using Coordination.Protocol;

namespace Coordination.Client.Watching;

/// <summary>Who watches what: the watches that the server has for this client, and whom they are for.</summary>
/// <remarks>Paths are the server's, with the chroot; watchers are told their own. Thread-safe. Watchers are called by
/// the caller of the method that has something to tell, outside of the lock.</remarks>
internal sealed class WatchTable(string chroot, Action<Exception> watcherFailed)
{
    private const int KindCount = 5;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, HashSet<Action<WatchEvent>>>[] _watchers =
        [.. Enumerable.Range(0, KindCount).Select(static _ => new Dictionary<string, HashSet<Action<WatchEvent>>>(StringComparer.Ordinal))];

    // Requests on their way that will set a watch on the path: the server's watches must not be removed meanwhile.
    private readonly Dictionary<string, int> _intended = new(StringComparer.Ordinal);

    /// <summary>A request is on its way that may set a watch.</summary>
    internal void Intend(string path)
    {
        lock (_gate)
            _intended[path] = _intended.GetValueOrDefault(path) + 1;
    }

    /// <summary>Such a request was answered, or will never be.</summary>
    internal void Unintend(string path)
    {
        lock (_gate)
        {
            if (--_intended[path] == 0)
                _intended.Remove(path);
        }
    }

    /// <summary>The server has set a watch.</summary>
    internal void Add(WatchKind kind, string path, Action<WatchEvent> watcher)
    {
        lock (_gate)
        {
            var ofKind = _watchers[(int)kind];
            if (!ofKind.TryGetValue(path, out var watchers))
                ofKind.Add(path, watchers = []);
            watchers.Add(watcher);
        }
    }

    /// <summary>Somebody no longer wants to know.</summary>
    /// <returns>Whether they were to be told.</returns>
    internal bool Remove(WatchKind kind, string path, Action<WatchEvent> watcher)
    {
        lock (_gate)
        {
            var ofKind = _watchers[(int)kind];
            if (!ofKind.TryGetValue(path, out var watchers) || !watchers.Remove(watcher))
                return false;
            if (watchers.Count == 0)
                ofKind.Remove(path);
            return true;
        }
    }

    /// <summary>Whether nobody watches a path, nor is about to, so that the server's watches can go.</summary>
    internal bool IsFree(string path)
    {
        lock (_gate)
            return !_intended.ContainsKey(path) && Array.TrueForAll(_watchers, ofKind => !ofKind.ContainsKey(path));
    }

    /// <summary>Takes away all watchers of a path that the server was told to forget.</summary>
    internal void RemoveAll(WatcherType type, string path)
    {
        lock (_gate)
        {
            foreach (var kind in KindsOf(type))
                _watchers[(int)kind].Remove(path);
        }
    }

    /// <summary>The server has told of a change.</summary>
    internal void Fire(WatchEventType type, string path, long zxid)
    {
        List<Action<WatchEvent>>? told = null;
        lock (_gate)
        {
            if (type is WatchEventType.NodeCreated or WatchEventType.NodeDataChanged or WatchEventType.NodeDeleted)
            {
                Take(WatchKind.Data, path, ref told);
                Take(WatchKind.Exists, path, ref told);
            }
            if (type is WatchEventType.NodeChildrenChanged or WatchEventType.NodeDeleted)
                Take(WatchKind.Children, path, ref told);
            Collect(WatchKind.Persistent, path, ref told);
            if (type != WatchEventType.NodeChildrenChanged)
                CollectRecursive(path, ref told);
        }
        Tell(told, new WatchEvent(type, ToClient(path), zxid));
    }

    /// <summary>All lasting watches are set anew after contact was lost.</summary>
    internal void TellSetAnew()
    {
        foreach (var (path, watchers) in Lasting())
            Tell(watchers, new WatchEvent(WatchEventType.None, ToClient(path), -1));
    }

    /// <summary>The session has ended: one-shot watches are gone, lasting ones are set in the next one.</summary>
    internal void TellEnded(SessionState state)
    {
        List<(string Path, List<Action<WatchEvent>> Watchers)> told = state == SessionState.Closed ? TakeAll() : TakeOneShot();
        if (state != SessionState.Closed)
            told.AddRange(Lasting());
        foreach (var (path, watchers) in told)
            Tell(watchers, new WatchEvent(WatchEventType.None, ToClient(path), -1, state));
    }

    /// <summary>The paths that are watched, by kind: what to set anew on another connection.</summary>
    internal IReadOnlyList<string>[] Paths()
    {
        lock (_gate)
            return [.. _watchers.Select(static ofKind => (IReadOnlyList<string>)[.. ofKind.Keys])];
    }

    private static WatchKind[] KindsOf(WatcherType type) => type switch
    {
        WatcherType.Children => [WatchKind.Children],
        WatcherType.Data => [WatchKind.Data, WatchKind.Exists],
        WatcherType.Any => [WatchKind.Data, WatchKind.Exists, WatchKind.Children, WatchKind.Persistent, WatchKind.Recursive],
        WatcherType.Persistent => [WatchKind.Persistent],
        WatcherType.PersistentRecursive => [WatchKind.Recursive],
        _ => throw new UnreachableException(),
    };

    private void Take(WatchKind kind, string path, ref List<Action<WatchEvent>>? told)
    {
        if (_watchers[(int)kind].Remove(path, out var watchers))
            Append(watchers, ref told);
    }

    private void Collect(WatchKind kind, string path, ref List<Action<WatchEvent>>? told)
    {
        if (_watchers[(int)kind].TryGetValue(path, out var watchers))
            Append(watchers, ref told);
    }

    private void CollectRecursive(string path, ref List<Action<WatchEvent>>? told)
    {
        if (_watchers[(int)WatchKind.Recursive].Count == 0)
            return;
        Collect(WatchKind.Recursive, path, ref told);
        for (int slash = path.LastIndexOf('/'); slash > 0; slash = path.LastIndexOf('/', slash - 1))
            Collect(WatchKind.Recursive, path[..slash], ref told);
        if (path.Length > 1)
            Collect(WatchKind.Recursive, "/", ref told);
    }

    // One who watches in several ways is told once.
    private static void Append(HashSet<Action<WatchEvent>> watchers, ref List<Action<WatchEvent>>? told)
    {
        if (told is null)
            told = [.. watchers];
        else
            told.AddRange(watchers.Except(told).ToArray());
    }

    private List<(string Path, List<Action<WatchEvent>> Watchers)> Lasting()
    {
        lock (_gate)
            return [.. Copy(WatchKind.Persistent), .. Copy(WatchKind.Recursive)];
    }

    private List<(string Path, List<Action<WatchEvent>> Watchers)> TakeOneShot()
    {
        lock (_gate)
        {
            List<(string, List<Action<WatchEvent>>)> taken =
                [.. Copy(WatchKind.Data), .. Copy(WatchKind.Exists), .. Copy(WatchKind.Children)];
            for (var kind = WatchKind.Data; kind <= WatchKind.Children; kind++)
                _watchers[(int)kind].Clear();
            return taken;
        }
    }

    private List<(string Path, List<Action<WatchEvent>> Watchers)> TakeAll()
    {
        lock (_gate)
        {
            List<(string, List<Action<WatchEvent>>)> taken = [];
            for (var kind = WatchKind.Data; kind <= WatchKind.Recursive; kind++)
            {
                taken.AddRange(Copy(kind));
                _watchers[(int)kind].Clear();
            }
            return taken;
        }
    }

    private IEnumerable<(string Path, List<Action<WatchEvent>> Watchers)> Copy(WatchKind kind) =>
        _watchers[(int)kind].Select(static pair => (pair.Key, pair.Value.ToList()));

    private void Tell(List<Action<WatchEvent>>? watchers, WatchEvent watchEvent)
    {
        foreach (var watcher in watchers ?? [])
        {
            try
            {
                watcher(watchEvent);
            }
            catch (Exception exception)
            {
                // It is the user's code; the connection is everybody's.
                watcherFailed(exception);
            }
        }
    }

    private string ToClient(string path) => ChrootPath.ToClient(chroot, path);
}
