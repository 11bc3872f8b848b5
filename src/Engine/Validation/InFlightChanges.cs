using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Coordination.Engine.Tree;

namespace Coordination.Engine.Validation;

/// <summary>The state as it will be once every validated entry is applied; ZooKeeper's "outstanding changes".</summary>
/// <remarks>Holds only what differs from the applied state, and lets go of it as entries are applied.</remarks>
internal sealed class InFlightChanges
{
    private readonly CoordinationState _state;
    private readonly Dictionary<byte[], PendingZnode> _znodes = new(ByteSequenceComparer.Instance);
    private readonly Dictionary<byte[], PendingZnode>.AlternateLookup<ReadOnlySpan<byte>> _byPath;
    private readonly Dictionary<long, PendingSession> _sessions = [];

    // By which entry a session closes: what it owns goes, without being noted znode by znode.
    private readonly Dictionary<long, long> _closes = [];
    private readonly Dictionary<string, (long Next, long Zxid)> _counters = [];
    private readonly Dictionary<long, PendingAnswers> _answers = [];
    private readonly Queue<(long Zxid, object Key)> _byZxid = new();
    private readonly List<(byte[] Path, PendingZnode? Before)> _undo = [];
    private bool _recordsUndo;

    public InFlightChanges(CoordinationState state)
    {
        _state = state;
        _byPath = _znodes.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    /// <summary>The znodes that differ from the applied state, in no order.</summary>
    public IEnumerable<KeyValuePair<byte[], PendingZnode>> Znodes => _znodes;

    public bool TryGetZnode(ReadOnlySpan<byte> path, out PendingZnode znode)
    {
        if (path.IsEmpty)
            path = ZnodePath.Root;
        if (_byPath.TryGetValue(path, out znode))
            return znode.Exists;
        if (_state.Tree.Find(path) is not { } node || IsGoing(node))
            return false;
        znode = new PendingZnode(
            true, node.Version, node.Aversion, node.CreatedChildren, node.ChildCount,
            _state.Tree.Acls.ArrayOf(node.AclId), node.EphemeralOwner, node.Data.Length, 0, node.Czxid);
        return true;
    }

    public void SetZnode(ReadOnlySpan<byte> path, in PendingZnode znode)
    {
        if (path.IsEmpty)
            path = ZnodePath.Root;
        ref var slot = ref CollectionsMarshal.GetValueRefOrNullRef(_byPath, path);
        if (Unsafe.IsNullRef(ref slot))
        {
            byte[] key = path.ToArray();
            _znodes.Add(key, znode);
            Note(key, null, znode.Zxid);
            return;
        }
        // What an entry has changed once, it need not note again: the parent of all that a multi creates, above all.
        if (slot.Zxid != znode.Zxid)
        {
            _byPath.TryGetValue(path, out byte[]? key, out _);
            Note(key!, slot, znode.Zxid);
        }
        slot = znode;
    }

    public bool TryGetSession(long id, out PendingSession session)
    {
        if (_sessions.TryGetValue(id, out session))
            return session.Exists;
        if (!_state.Sessions.TryGetValue(id, out var applied))
            return false;
        session = new PendingSession(true, applied.AttachZxid, applied.Password, 0);
        return true;
    }

    public void SetSession(long id, in PendingSession session)
    {
        _sessions[id] = session;
        _byZxid.Enqueue((session.Zxid, id));
    }

    public long NextOfCounter(string name) =>
        _counters.TryGetValue(name, out var counter) ? counter.Next : _state.NextOfCounter(name);

    public void SetCounter(string name, long next, long zxid)
    {
        _counters[name] = (next, zxid);
        _byZxid.Enqueue((zxid, name));
    }

    /// <summary>The highest number of a session's writes that will be done; 0 for none.</summary>
    public long LastNumberOf(long sessionId)
    {
        if (_answers.TryGetValue(sessionId, out var pending))
            return pending.LastNumber;
        return _state.Sessions.TryGetValue(sessionId, out var session) ? session.Answers?.LastNumber ?? 0 : 0;
    }

    /// <summary>Whether there is room for one more of a session's answers, among those that its client still waits for.</summary>
    public bool HasRoomForAnswer(long sessionId, long firstOpen, int bytes)
    {
        long inFlight = _answers.TryGetValue(sessionId, out var pending) ? pending.Bytes : 0;
        var kept = _state.Sessions.TryGetValue(sessionId, out var session) ? session.Answers : null;
        if (inFlight + (kept?.Bytes ?? 0) + bytes <= PendingAnswers.MostBytes)
            return true;
        long open = inFlight + (kept?.BytesFrom(firstOpen) ?? 0);
        // One alone is as long as its request lets it be.
        return open == 0 || open + bytes <= PendingAnswers.MostBytes;
    }

    public void SetAnswer(long sessionId, long number, int bytes, long zxid)
    {
        if (!_answers.TryGetValue(sessionId, out var pending))
            _answers.Add(sessionId, pending = new PendingAnswers(sessionId));
        pending.Add(number, bytes);
        _byZxid.Enqueue((zxid, pending));
    }

    /// <summary>Whether a znode of the applied state goes with a session that closes, unless something else is noted of
    /// it.</summary>
    public bool IsGoing(Znode node) =>
        _closes.Count > 0 && node.EphemeralOwner is not 0 and var owner && _closes.TryGetValue(owner, out long zxid)
        && node.Czxid < zxid;

    /// <summary>The znodes that a session will own, in the order of their paths.</summary>
    public List<byte[]> EphemeralsOf(long sessionId)
    {
        var paths = new List<byte[]>();
        if (_state.Sessions.TryGetValue(sessionId, out var session))
        {
            paths.EnsureCapacity(session.Ephemerals.Count);
            foreach (Znode node in session.Ephemerals)
            {
                byte[] path = node.GetPath();
                if (!IsGoing(node) && (_znodes.Count == 0 || !_znodes.ContainsKey(path)))
                    paths.Add(path);
            }
        }
        foreach (var (path, znode) in _znodes)
        {
            if (znode.Exists && znode.EphemeralOwner == sessionId)
                paths.Add(path);
        }
        Sort(paths);
        return paths;
    }

    /// <summary>Lists a znode and all that will be below it, in no order.</summary>
    /// <param name="top">The znode.</param>
    /// <param name="most">How many there may be.</param>
    /// <param name="mostBytes">How many bytes their paths may take together.</param>
    /// <param name="paths">The paths.</param>
    /// <returns>False where there are more.</returns>
    public bool TryListTree(ReadOnlySpan<byte> top, int most, int mostBytes, out List<byte[]> paths)
    {
        paths = [];
        if (_state.Tree.Find(top) is { } applied)
        {
            var walk = new ZnodeWalk(applied);
            while (walk.MoveNext())
            {
                byte[] path = walk.Current.GetPath();
                if (_znodes.TryGetValue(path, out var znode) ? !znode.Exists : IsGoing(walk.Current))
                    continue;
                paths.Add(path);
                mostBytes -= path.Length;
                if (paths.Count > most || mostBytes < 0)
                    return false;
            }
        }
        foreach (var (path, znode) in _znodes)
        {
            if (!znode.Exists || !ZnodePath.IsAtOrBelow(path, top) || _state.Tree.Find(path) is not null)
                continue;
            paths.Add(path);
            mostBytes -= path.Length;
            if (paths.Count > most || mostBytes < 0)
                return false;
        }
        return true;
    }

    /// <summary>Takes note that a session closes, and takes along what it owns.</summary>
    /// <param name="sessionId">The session.</param>
    /// <param name="ephemerals">What <see cref="EphemeralsOf"/> gave.</param>
    /// <param name="zxid">The entry.</param>
    public void CloseSession(long sessionId, List<byte[]> ephemerals, long zxid)
    {
        for (int first = 0, next; first < ephemerals.Count; first = next)
        {
            var parentPath = ZnodePath.ParentOf(ephemerals[first]);
            for (next = first; next < ephemerals.Count && ZnodePath.ParentOf(ephemerals[next]).SequenceEqual(parentPath); next++)
            {
                if (_znodes.Count > 0 && _znodes.ContainsKey(ephemerals[next]))
                    SetZnode(ephemerals[next], PendingZnode.None(zxid));
            }
            TryGetZnode(parentPath, out var parent);
            parent.ChildCount -= next - first;
            parent.Zxid = zxid;
            SetZnode(parentPath, parent);
        }
        _closes[sessionId] = zxid;
        SetSession(sessionId, new PendingSession(false, 0, default, zxid));
    }

    /// <summary>From here on, changes can be taken back.</summary>
    public void BeginUndo() => _recordsUndo = true;

    /// <summary>Keeps what changed since <see cref="BeginUndo"/>, all by one entry.</summary>
    public void Keep(long zxid)
    {
        foreach (var (path, _) in _undo)
            _byZxid.Enqueue((zxid, path));
        EndUndo();
    }

    /// <summary>Takes back what changed since <see cref="BeginUndo"/>.</summary>
    public void Undo()
    {
        for (int i = _undo.Count - 1; i >= 0; i--)
        {
            if (_undo[i].Before is { } before)
                _znodes[_undo[i].Path] = before;
            else
                _znodes.Remove(_undo[i].Path);
        }
        EndUndo();
    }

    /// <summary>Lets go of what the applied state has by now.</summary>
    public void Applied(long zxid)
    {
        while (_byZxid.TryPeek(out var oldest) && oldest.Zxid <= zxid)
        {
            switch (_byZxid.Dequeue().Key)
            {
                case byte[] path when _znodes.TryGetValue(path, out var znode) && znode.Zxid <= zxid:
                    _znodes.Remove(path);
                    break;
                case long id:
                    if (_sessions.TryGetValue(id, out var session) && session.Zxid <= zxid)
                        _sessions.Remove(id);
                    if (_closes.TryGetValue(id, out long close) && close <= zxid)
                        _closes.Remove(id);
                    break;
                case string name when _counters.TryGetValue(name, out var counter) && counter.Zxid <= zxid:
                    _counters.Remove(name);
                    break;
                case PendingAnswers pending:
                    if (pending.TakeFirst())
                        _answers.Remove(pending.SessionId);
                    break;
            }
        }
    }

    /// <summary>Forgets everything: what was in flight will not be.</summary>
    public void Clear()
    {
        EndUndo();
        _znodes.Clear();
        _sessions.Clear();
        _closes.Clear();
        _counters.Clear();
        _answers.Clear();
        _byZxid.Clear();
    }

    private void Note(byte[] path, PendingZnode? before, long zxid)
    {
        if (_recordsUndo)
            _undo.Add((path, before));
        else
            _byZxid.Enqueue((zxid, path));
    }

    // What was made in turn, as most is, is in that order already.
    private static void Sort(List<byte[]> paths)
    {
        for (int i = 1; i < paths.Count; i++)
        {
            if (paths[i - 1].AsSpan().SequenceCompareTo(paths[i]) > 0)
            {
                paths.Sort(static (a, b) => a.AsSpan().SequenceCompareTo(b));
                return;
            }
        }
    }

    private void EndUndo()
    {
        _recordsUndo = false;
        _undo.Clear();
    }
}
