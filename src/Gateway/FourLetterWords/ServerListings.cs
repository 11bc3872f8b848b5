using System.Text;
using Coordination.Engine.Tree;
using Coordination.Grains.Replication;
using Coordination.Grains.Sessions;

namespace Coordination.Gateway.FourLetterWords;

/// <summary>Lists what may be a million things: watches, and ephemeral znodes by session.</summary>
/// <remarks>None holds a lock for longer than it takes to copy some thousand references, or those to what one session owns.
/// So a listing is of no one moment; neither is ZooKeeper's.</remarks>
public sealed class ServerListings(ConnectionTable connections, SessionTracker tracker, Replica replica)
{
    private const int PathsAtOnce = 64;
    private const int WatchesAtOnce = 2048;

    /// <summary>The connections.</summary>
    public IEnumerable<ConnectionFigures> Connections() =>
        connections.Connections.Select(static connection => connection.Value.ToFigures(connection.Key));

    /// <summary>When sessions end unless their clients are heard, in milliseconds of the monotonic clock, and which.</summary>
    public IReadOnlyList<KeyValuePair<long, List<long>>> Expiries()
    {
        var expiries = new SortedDictionary<long, List<long>>();
        foreach (var (session, time) in tracker.Expiries)
        {
            if (!expiries.TryGetValue(time, out var sessions))
                expiries.Add(time, sessions = []);
            sessions.Add(session);
        }
        return [.. expiries];
    }

    /// <summary>The date of a time of the monotonic clock.</summary>
    public DateTimeOffset DateOf(long milliseconds) =>
        DateTimeOffset.UtcNow + TimeSpan.FromMilliseconds(milliseconds - tracker.Now);

    /// <summary>The sessions that own znodes.</summary>
    public IReadOnlyList<long> SessionsWithEphemerals()
    {
        var owners = new List<long>();
        foreach (var (session, _) in tracker.Expiries)
        {
            using (replica.Lock.EnterRead())
            {
                if (replica.State.Sessions.TryGetValue(session, out var open) && open.Ephemerals.Count > 0)
                    owners.Add(session);
            }
        }
        return owners;
    }

    /// <summary>The paths of the znodes that a session owns.</summary>
    public IEnumerable<string> EphemeralsOf(long session)
    {
        Znode[] owned;
        using (replica.Lock.EnterRead())
            owned = replica.State.Sessions.TryGetValue(session, out var open) ? [.. open.Ephemerals] : [];
        var paths = new List<string>(PathsAtOnce);
        for (int from = 0; from < owned.Length; from += PathsAtOnce)
        {
            paths.Clear();
            using (replica.Lock.EnterRead())
            {
                foreach (var node in owned.AsSpan(from, Math.Min(PathsAtOnce, owned.Length - from)))
                    paths.Add(Encoding.UTF8.GetString(node.GetPath()));
            }
            foreach (string path in paths)
                yield return path;
        }
    }

    /// <summary>The sessions whose connections watch znodes' data, and what they watch, in the order of paths.</summary>
    public IEnumerable<KeyValuePair<long, IEnumerable<string>>> Watches()
    {
        var paths = new List<byte[]>();
        foreach (var connection in Sessions())
        {
            paths.Clear();
            ListDataWatches(connection, paths);
            paths.Sort(static (one, other) => one.AsSpan().SequenceCompareTo(other));
            if (paths.Count > 0)
                yield return new(connection.Session.Id, DistinctTexts(paths));
        }
    }

    /// <summary>The paths whose data is watched, in their order, and by which sessions.</summary>
    public IEnumerable<KeyValuePair<string, List<long>>> WatchesByPath()
    {
        var all = new List<(byte[] Path, long Session)>();
        var paths = new List<byte[]>();
        foreach (var connection in Sessions())
        {
            paths.Clear();
            ListDataWatches(connection, paths);
            all.AddRange(paths.Select(path => (path, connection.Session.Id)));
        }
        all.Sort(static (one, other) =>
            one.Path.AsSpan().SequenceCompareTo(other.Path) is var order and not 0 ? order : one.Session.CompareTo(other.Session));
        for (int from = 0, to; from < all.Count; from = to)
        {
            var sessions = new List<long>();
            for (to = from; to < all.Count && all[to].Path.AsSpan().SequenceEqual(all[from].Path); to++)
            {
                if (to == from || all[to].Session != all[to - 1].Session)
                    sessions.Add(all[to].Session);
            }
            yield return new(Encoding.UTF8.GetString(all[from].Path), sessions);
        }
    }

    /// <summary>How many connections watch znodes' data, how many znodes they watch, and how many watches these are.</summary>
    public (int Connections, int Paths, int Watches) WatchSummary()
    {
        int watches = 0, paths = 0;
        var watching = new HashSet<long>();
        foreach (var (_, sessions) in WatchesByPath())
        {
            paths++;
            watches += sessions.Count;
            watching.UnionWith(sessions);
        }
        return (watching.Count, paths, watches);
    }

    // In pieces: everybody who sets a watch waits for each of them, and one connection may have a million.
    private void ListDataWatches(SessionConnection connection, List<byte[]> paths)
    {
        int position = 0;
        bool isMore = true;
        while (isMore)
        {
            paths.EnsureCapacity(paths.Count + WatchesAtOnce);
            isMore = replica.State.Watches.ListDataWatches(connection, ref position, WatchesAtOnce, paths);
            Thread.Yield();
        }
    }

    private IEnumerable<SessionConnection> Sessions() =>
        connections.Connections.Select(static connection => connection.Value.Session).OfType<SessionConnection>();

    private static IEnumerable<string> DistinctTexts(List<byte[]> sorted)
    {
        for (int i = 0; i < sorted.Count; i++)
        {
            if (i == 0 || !sorted[i].AsSpan().SequenceEqual(sorted[i - 1]))
                yield return Encoding.UTF8.GetString(sorted[i]);
        }
    }
}
