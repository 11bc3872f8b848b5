using System.Collections.Concurrent;
using System.Security.Cryptography;
using Coordination.Grains.Replication;
using Coordination.Grains.Sessions;
using Coordination.Protocol;

namespace Coordination.Gateway.Serving;

/// <summary>The sessions that are served read-only while the silo does not know the log's tail.</summary>
/// <remarks>As in ZooKeeper, they are the silo's own, and end when it serves everybody again: the clients come back then,
/// those that had a session of the log with that one.</remarks>
public sealed class ReadOnlySessions(SessionTracker tracker, SessionLimits limits, Replica replica)
{
    // Those of the log begin with their silo's number, which is never 0.
    private const ulong OwnIds = 1UL << 56;
    private const int MostSessions = 100_000;

    private readonly ConcurrentDictionary<long, ReadOnlySession> _sessions = new();

    /// <summary>Makes so many random bytes, for ids and passwords.</summary>
    internal Func<int, byte[]> MakeRandom { get; init; } = RandomNumberGenerator.GetBytes;

    /// <summary>How many there are that are not of the log.</summary>
    public int LocalCount => _sessions.Values.Count(static session => session.IsLocal);

    /// <summary>Opens a session, or attaches one that this silo knows.</summary>
    /// <param name="request">What the client asked for.</param>
    /// <param name="session">Null where there is no such session, or the password is wrong.</param>
    /// <returns>False where another silo may know more of the session, or there are too many here.</returns>
    internal bool TryAttach(ConnectRequest request, out ReadOnlySession? session)
    {
        session = null;
        if (_sessions.Count >= MostSessions)
            return false;
        if (request.SessionId == 0)
        {
            session = Open(request.TimeoutMilliseconds);
            return true;
        }
        if (_sessions.TryGetValue(request.SessionId, out var known))
        {
            if (known.Password.AsSpan().SequenceEqual(request.Password))
                session = known;
            return true;
        }
        if ((ulong)request.SessionId < OwnIds)
            return true;
        byte[]? password = PasswordInLog(request.SessionId);
        if (password is null)
            return false;
        if (password.AsSpan().SequenceEqual(request.Password))
            session = Add(request.SessionId, password, isLocal: false, request.TimeoutMilliseconds);
        return true;
    }

    /// <summary>Has a connection serve a session, in place of the one that did.</summary>
    internal void Bind(ReadOnlySession session, ISessionConnection connection)
    {
        ISessionConnection? before;
        lock (session)
        {
            before = session.Connection;
            session.Connection = connection;
        }
        session.Tracked.Touch(tracker.Now);
        before?.SessionMoved();
    }

    /// <summary>The connection is gone; the session lives on until its timeout.</summary>
    internal void Unbind(ReadOnlySession session, ISessionConnection connection)
    {
        lock (session)
        {
            if (session.Connection == connection)
                session.Connection = null;
        }
    }

    /// <summary>Ends a session whose client closes it.</summary>
    internal void Close(ReadOnlySession session) => _sessions.TryRemove(session.Tracked.Id, out _);

    /// <summary>Ends the sessions whose clients have been silent for their timeout.</summary>
    internal void EndSilent()
    {
        long now = tracker.Now;
        foreach (var session in _sessions.Values)
        {
            if (session.Tracked.IsSilent(now))
                End(session);
        }
    }

    /// <summary>Ends all sessions: their clients are to come back for more than reads.</summary>
    internal void EndAll()
    {
        foreach (var session in _sessions.Values)
            End(session);
    }

    private void End(ReadOnlySession session)
    {
        _sessions.TryRemove(session.Tracked.Id, out _);
        session.Connection?.ServiceEnded();
    }

    private ReadOnlySession Open(int timeoutMilliseconds)
    {
        byte[] password = MakeRandom(ConnectResponse.PasswordLength);
        long id;
        do
            id = (long)(BitConverter.ToUInt64(MakeRandom(sizeof(ulong))) % OwnIds);
        while (id == 0 || _sessions.ContainsKey(id));
        return Add(id, password, isLocal: true, timeoutMilliseconds);
    }

    private ReadOnlySession Add(long id, byte[] password, bool isLocal, int timeoutMilliseconds) => _sessions.GetOrAdd(
        id,
        new ReadOnlySession(password, isLocal, TrackedSession.Untracked(id, limits.Clamp(timeoutMilliseconds), tracker.Now)));

    private byte[]? PasswordInLog(long session)
    {
        using (replica.Lock.EnterRead())
            return replica.State.Sessions.TryGetValue(session, out var known) ? known.Password.ToArray() : null;
    }
}
