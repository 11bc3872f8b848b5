using System.Collections;

namespace Coordination.Engine.Sessions;

/// <summary>The open sessions by the silos that they are attached to, so that those of one are found without a look at all
/// others.</summary>
/// <remarks>The replica's lock guards it. A life of a silo is in it while a session is attached to it.</remarks>
public sealed class SessionsBySilo : IReadOnlyCollection<AttachedSessions>
{
    private readonly Dictionary<Guid, AttachedSessions> _silos = [];

    internal SessionsBySilo()
    {
    }

    /// <summary>How many lives of silos have sessions.</summary>
    public int Count => _silos.Count;

    /// <summary>Finds the sessions that are attached to a silo; null where none is.</summary>
    public AttachedSessions? Find(Guid silo) => _silos.GetValueOrDefault(silo);

    /// <inheritdoc/>
    public IEnumerator<AttachedSessions> GetEnumerator() => _silos.Values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Attaches a session, which is attached to another silo, to the same, or to none yet.</summary>
    internal void Attach(Session session, Guid silo, long zxid)
    {
        if (session.Attached is not { } before || before.Silo != silo)
        {
            Remove(session);
            if (!_silos.TryGetValue(silo, out var attached))
                _silos.Add(silo, attached = new AttachedSessions(silo));
            attached.Add(session);
        }
        session.AttachZxid = zxid;
        session.Attached!.NoteAttachment(zxid);
    }

    internal void Remove(Session session)
    {
        if (session.Attached is not { } before)
            return;
        before.Remove(session);
        if (before.Count == 0)
            _silos.Remove(before.Silo);
    }
}
