namespace Coordination.Engine.Sessions;

/// <summary>The open sessions that are attached to one life of a silo.</summary>
/// <remarks>There may be a million. Each knows its place, so none is searched for, and the last takes the place of one that
/// closes or moves. Whoever looks through them in pieces does so backwards: whoever takes the place of one that was removed
/// has been looked at, or was attached since, which <see cref="LastAttachZxid"/> tells.</remarks>
public sealed class AttachedSessions
{
    private SegmentedList<Session> _sessions;

    internal AttachedSessions(Guid silo) => Silo = silo;

    /// <summary>The life of the silo.</summary>
    public Guid Silo { get; }

    /// <summary>How many there are.</summary>
    public int Count => _sessions.Count;

    /// <summary>The zxid that last attached a session to it; that of a session that has closed or moved since, too, where
    /// others were left.</summary>
    public long LastAttachZxid { get; private set; }

    /// <summary>The session at a place, from 0 to below <see cref="Count"/>.</summary>
    public Session this[int place] => _sessions[place];

    internal void Add(Session session)
    {
        session.Attached = this;
        session.Place = Count;
        _sessions.Add(session);
    }

    internal void Remove(Session session)
    {
        var last = _sessions[Count - 1];
        _sessions[session.Place] = last;
        last.Place = session.Place;
        _sessions.RemoveLast();
    }

    // A checkpoint's sessions come in any order.
    internal void NoteAttachment(long zxid) => LastAttachZxid = Math.Max(LastAttachZxid, zxid);
}
