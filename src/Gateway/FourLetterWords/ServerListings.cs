using System.Text;
using Coordination.Engine.Tree;
using Coordination.Engine.Watches;
using Coordination.Grains.Replication;
using Coordination.Grains.Sessions;

namespace Coordination.Gateway.FourLetterWords;

/// <summary>Lists what may be a million things: watches, and ephemeral znodes by session.</summary>
/// <remarks>No watch and no path is gathered before it is listed, and none holds a lock for longer than it takes to look at some
/// hundred. In between others go first. So a listing is of no one moment; neither is ZooKeeper's.</remarks>
public sealed class ServerListings(ConnectionTable connections, SessionTracker tracker, Replica replica)
{
    private const int SessionsAtOnce = 64;
    private const int WatchesAtOnce = 512;

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
        foreach (var sessions in tracker.Expiries.Chunk(SessionsAtOnce))
        {
            using (replica.Lock.EnterRead())
            {
                foreach (var (session, _) in sessions)
                {
                    if (replica.State.Sessions.TryGetValue(session, out var open) && open.Ephemerals.Count > 0)
                        owners.Add(session);
                }
            }
            replica.Lock.LetWriterIn();
        }
        return owners;
    }

    /// <summary>The paths of the znodes that a session owns.</summary>
    public IEnumerable<string> EphemeralsOf(long session)
    {
        OwnedZnodes.Snapshot? owned;
        using (replica.Lock.EnterRead())
            owned = replica.State.Sessions.GetValueOrDefault(session)?.Ephemerals.TakeSnapshot();
        replica.Lock.LetWriterIn();
        return owned?.Znodes.Select(static node => Encoding.UTF8.GetString(node.GetPath())) ?? [];
    }

    /// <summary>The sessions whose connections watch znodes' data, and what they watch, in no order. What a session watches is
    /// to be gone through once, before the next session.</summary>
    public IEnumerable<KeyValuePair<long, IEnumerable<string>>> Watches()
    {
        foreach (var connection in Sessions())
        {
            using var pieces = DataWatches(connection).GetEnumerator();
            if (pieces.MoveNext())
                yield return new(connection.Session.Id, Texts(pieces));
        }
    }

    /// <summary>The paths whose data is watched, in no order, and by which sessions.</summary>
    public IEnumerable<KeyValuePair<string, List<long>>> WatchesByPath() =>
        SessionsByPath().Select(static watched => KeyValuePair.Create(Encoding.UTF8.GetString(watched.Key), watched.Value));

    /// <summary>How many connections watch znodes' data, how many znodes they watch, and how many watches these are.</summary>
    public (int Connections, int Paths, int Watches) WatchSummary()
    {
        int watches = 0, paths = 0;
        var watching = new HashSet<long>();
        foreach (var (_, sessions) in SessionsByPath())
        {
            paths++;
            watches += sessions.Count;
            foreach (long session in sessions)
                watching.Add(session);
        }
        return (watching.Count, paths, watches);
    }

    // One list, filled anew for each path.
    private IEnumerable<KeyValuePair<byte[], List<long>>> SessionsByPath()
    {
        var listing = new WatchersOfPaths(replica.State.Watches);
        var watches = new List<KeyValuePair<byte[], Watcher>>(WatchesAtOnce);
        var sessions = new List<long>();
        foreach (var connection in Sessions())
        {
            int position = 0;
            for (bool isMore = true; isMore;)
            {
                isMore = listing.GoOn(connection, ref position, WatchesAtOnce, watches);
                for (int i = 0; i < watches.Count; i++)
                {
                    if (watches[i].Value is SessionConnection watching)
                        sessions.Add(watching.Session.Id);
                    bool isLast = i + 1 == watches.Count || !ReferenceEquals(watches[i + 1].Key, watches[i].Key);
                    if (!isLast || sessions.Count == 0)
                        continue;
                    yield return new(watches[i].Key, sessions);
                    sessions.Clear();
                }
                watches.Clear();
                Thread.Yield();
            }
        }
    }

    // One list, filled anew for each piece: everybody who sets a watch waits for one, and a connection may have a million.
    private IEnumerable<List<byte[]>> DataWatches(SessionConnection connection)
    {
        var paths = new List<byte[]>(WatchesAtOnce);
        int position = 0;
        for (bool isMore = true; isMore;)
        {
            isMore = replica.State.Watches.ListDataWatches(connection, ref position, WatchesAtOnce, paths);
            if (paths.Count > 0)
                yield return paths;
            paths.Clear();
            Thread.Yield();
        }
    }

    private static IEnumerable<string> Texts(IEnumerator<List<byte[]>> pieces)
    {
        do
        {
            foreach (byte[] path in pieces.Current)
                yield return Encoding.UTF8.GetString(path);
        }
        while (pieces.MoveNext());
    }

    private IEnumerable<SessionConnection> Sessions() =>
        connections.Connections.Select(static connection => connection.Value.Session).OfType<SessionConnection>();
}
