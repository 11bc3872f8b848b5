using System.Collections.Concurrent;
using Coordination.Engine;
using Coordination.Engine.Sessions;

namespace Coordination.Grains.Sessions;

/// <summary>Which sessions this silo answers for, and which of their clients have fallen silent: a timing wheel.</summary>
/// <remarks>Liveness is not in the log: hearing a client writes one number. As in ZooKeeper, sessions end on multiples of
/// the tick: never before the timeout since the client was last heard, and at most one tick after it.</remarks>
/// <param name="silo">The life of this silo.</param>
/// <param name="tickTime">ZooKeeper's tickTime.</param>
/// <param name="time">The monotonic clock.</param>
public sealed class SessionTracker(Guid silo, TimeSpan tickTime, TimeProvider time) : IApplyListener
{
    private const int MostAtOnce = 256;

    private readonly ConcurrentDictionary<long, TrackedSession> _sessions = new();
    private readonly Dictionary<long, List<TrackedSession>> _wheel = [];
    private readonly Lock _wheelLock = new();
    private readonly long _tick = (long)tickTime.TotalMilliseconds;
    // A log that several silos share is asked many times a second; less often, on a machine that is busy.
    private readonly long _longestSilence = Math.Max(1000, (long)tickTime.TotalMilliseconds);
    private long _nextTick = (long)(time.GetElapsedTime(0) / tickTime);
    private long _lastTick = -1;
    private int _waitingToEnter;
    private long _resumed = long.MinValue;
    private long _serveUntil = long.MaxValue;
    private long _reached = long.MaxValue;
    private volatile bool _hasLeft;
    private long _freshUntil = long.MaxValue;

    /// <summary>How long another silo may go on answering for a session that was attached here, before it learns of that:
    /// until then, and the timeout from there on, the session does not end. Zero where there is no other silo.</summary>
    public TimeSpan OthersPatience { get; init; }

    /// <summary>How many sessions this silo answers for.</summary>
    public int Count => _sessions.Count;

    /// <summary>Whether the silo serves nobody any more, whatever happens.</summary>
    public bool HasLeft => _hasLeft;

    /// <summary>Now, in milliseconds of the monotonic clock.</summary>
    public long Now => (long)time.GetElapsedTime(0).TotalMilliseconds;

    /// <summary>When the wheel has to be turned next.</summary>
    public TimeSpan UntilNextTick => TimeSpan.FromMilliseconds(_tick - Now % _tick);

    /// <summary>When each session ends unless its client is heard again, in milliseconds of the monotonic clock.</summary>
    public IEnumerable<KeyValuePair<long, long>> Expiries
    {
        get
        {
            long now = Now;
            return _sessions.Select(session => KeyValuePair.Create(session.Key, TickOf(session.Value, now) * _tick));
        }
    }

    /// <summary>Whether the silo may still serve clients. Where several silos watch each other, the others may take it for
    /// dead once it may not, and close the sessions of clients that it goes on answering; nor may one whose state may be
    /// older than the sync limit.</summary>
    /// <param name="now">The time, as <see cref="Now"/> has it.</param>
    public bool MayServe(long now) =>
        now < Volatile.Read(ref _serveUntil) && now < Volatile.Read(ref _freshUntil) && !_hasLeft;

    /// <summary>Whether the log that several silos share has not answered for a while: for a second or a tick, whichever is longer.
    /// False where no other silo shares the log.</summary>
    /// <param name="now">The time, as <see cref="Now"/> has it.</param>
    public bool IsCutOff(long now) => now - Volatile.Read(ref _reached) > _longestSilence;

    /// <summary>Lets the silo serve until a time, as <see cref="Now"/> has it. Where it served nobody, everybody has the full
    /// timeout from now on.</summary>
    public void ServeUntil(long time)
    {
        ResumeIfShut();
        Volatile.Write(ref _serveUntil, time);
    }

    /// <summary>Lets the silo serve what it has applied until a time, as <see cref="Now"/> has it: a log that others write to
    /// was asked for its tail, and that tail is applied.</summary>
    public void FreshUntil(long time)
    {
        ResumeIfShut();
        Volatile.Write(ref _freshUntil, time);
    }

    /// <summary>The log that several silos share has answered. While it does not, no client can attach to another silo, so
    /// that nobody's silence counts; and everybody has the full timeout once it does again.</summary>
    /// <param name="asked">When it was asked, as <see cref="Now"/> has it.</param>
    public void Reached(long asked)
    {
        if (IsCutOff(Now))
            Resume();
        Volatile.Write(ref _reached, asked);
    }

    /// <summary>Ends all connections that serve a session: this silo may serve nobody now.</summary>
    public void EndService()
    {
        // Not the dictionary's values: taking a copy of them holds up who opens a session.
        foreach (var (_, session) in _sessions)
        {
            ISessionConnection? connection;
            lock (session)
                connection = session.Connection;
            connection?.ServiceEnded();
        }
    }

    /// <summary>Ends the service for good: what this silo has can no longer be shown to anybody.</summary>
    public void Leave()
    {
        _hasLeft = true;
        EndService();
    }

    /// <summary>Gives every session its full timeout from now on: nobody could be heard for a while.</summary>
    public void Resume()
    {
        lock (_wheelLock)
            _resumed = Now;
    }

    /// <summary>Ties a session to the connection that serves it.</summary>
    /// <returns>Null when the session has been closed or attached anew since: the connection may do nothing for it.</returns>
    public TrackedSession? Bind(long sessionId, long attachZxid, ISessionConnection connection)
    {
        if (!_sessions.TryGetValue(sessionId, out var session))
            return null;
        lock (session)
        {
            if (session.IsGone || session.AttachZxid != attachZxid)
                return null;
            session.Connection = connection;
            session.Touch(Now);
            return session;
        }
    }

    /// <summary>The connection is gone; the session lives on until its timeout.</summary>
    public void Unbind(TrackedSession session, ISessionConnection connection)
    {
        lock (session)
        {
            if (session.Connection == connection)
                session.Connection = null;
        }
    }

    /// <summary>Finds a session that this silo answers for.</summary>
    public TrackedSession? Find(long sessionId) => _sessions.GetValueOrDefault(sessionId);

    /// <summary>Answers for a session from now on, with its full timeout: after a restart, or when its silo has died.</summary>
    public void Adopt(Session session) => Track(session, TimeSpan.Zero);

    /// <inheritdoc/>
    public void SessionOpened(Session session)
    {
        if (session.Silo == silo)
            Track(session, TimeSpan.Zero);
    }

    /// <inheritdoc/>
    public void SessionAttached(Session session)
    {
        if (session.Silo == silo)
            Track(session, OthersPatience);
        else if (_sessions.TryRemove(session.Id, out var moved))
            End(moved)?.SessionMoved();
    }

    /// <inheritdoc/>
    public void SessionClosed(long sessionId)
    {
        if (_sessions.TryRemove(sessionId, out var closed))
            End(closed)?.SessionClosed();
    }

    /// <summary>Turns the wheel to now.</summary>
    /// <returns>The sessions whose clients have been silent for their timeout. They are judged again at the next tick,
    /// in case they could not be closed.</returns>
    public IReadOnlyList<TrackedSession> Turn()
    {
        long now = Now;
        lock (_wheelLock)
        {
            // After a pause of its own the silo hears first, then judges: what clients sent meanwhile is still unread.
            if (IsCutOff(now) || !MayServe(now) || (_lastTick >= 0 && now / _tick > _lastTick + 1))
                _resumed = now;
            _lastTick = now / _tick;
        }
        var silent = new List<TrackedSession>();
        while (TakeDue(now / _tick) is { } due)
        {
            // In pieces: who applies the opening of a session waits for the wheel, and everybody waits for him.
            for (int at = 0; at < due.Sessions.Count; at += MostAtOnce)
            {
                LetOthersEnter();
                Judge(due, at, now, silent);
            }
        }
        return silent;
    }

    // The sessions that had their place at the next tick until one, and that tick; null where there is none.
    private (long Tick, List<TrackedSession> Sessions)? TakeDue(long last)
    {
        lock (_wheelLock)
        {
            while (_nextTick <= last)
            {
                long tick = _nextTick++;
                if (_wheel.Remove(tick, out var sessions))
                    return (tick, sessions);
            }
            return null;
        }
    }

    private void Judge((long Tick, List<TrackedSession> Sessions) due, int from, long now, List<TrackedSession> silent)
    {
        lock (_wheelLock)
        {
            int to = Math.Min(due.Sessions.Count, from + MostAtOnce);
            for (int at = from; at < to; at++)
            {
                var session = due.Sessions[at];
                // It may have been given another place meanwhile.
                if (session.IsGone || session.WheelTick != due.Tick)
                    continue;
                long tick = TickOf(session, now);
                if (tick <= due.Tick)
                {
                    silent.Add(session);
                    tick = due.Tick + 1;
                }
                Enter(session, tick);
            }
        }
    }

    private void ResumeIfShut()
    {
        if (!MayServe(Now))
            Resume();
    }

    private void Track(Session session, TimeSpan patience)
    {
        long now = Now;
        if (_sessions.TryGetValue(session.Id, out var tracked))
        {
            ISessionConnection? before;
            lock (tracked)
            {
                before = tracked.Connection;
                tracked.Connection = null;
                tracked.AttachZxid = session.AttachZxid;
                tracked.TimeoutMilliseconds = session.TimeoutMilliseconds;
                tracked.Touch(now);
            }
            before?.SessionMoved();
            // A shorter timeout is due before the place that the session has in the wheel.
            Reenter(tracked, now);
            return;
        }
        tracked = new TrackedSession(session.Id, session.AttachZxid, session.TimeoutMilliseconds, now)
        {
            HeardElsewhere = patience > TimeSpan.Zero ? now + (long)patience.TotalMilliseconds : long.MinValue,
        };
        _sessions[session.Id] = tracked;
        Reenter(tracked, now);
    }

    private void Reenter(TrackedSession session, long now)
    {
        Interlocked.Increment(ref _waitingToEnter);
        lock (_wheelLock)
        {
            Interlocked.Decrement(ref _waitingToEnter);
            // Before the first turn the wheel is as good as turned when there is first something on it.
            if (_lastTick < 0)
                _lastTick = now / _tick;
            Enter(session, TickOf(session, now));
        }
    }

    // One who takes the lock again at once has it before another who must first be woken.
    private void LetOthersEnter()
    {
        var waiting = new SpinWait();
        while (Volatile.Read(ref _waitingToEnter) > 0)
            waiting.SpinOnce();
    }

    private void Enter(TrackedSession session, long tick)
    {
        // A place that the wheel has passed would never be looked at.
        tick = Math.Max(tick, _nextTick);
        session.WheelTick = tick;
        if (!_wheel.TryGetValue(tick, out var sessions))
            _wheel.Add(tick, sessions = []);
        sessions.Add(session);
    }

    private long TickOf(TrackedSession session, long now)
    {
        long heard = session.Connection is { IsOwedAnAnswer: true } ? now
            : Math.Max(Math.Max(session.LastHeard, session.HeardElsewhere), _resumed);
        return (heard + session.TimeoutMilliseconds) / _tick + 1;
    }

    private static ISessionConnection? End(TrackedSession session)
    {
        lock (session)
        {
            session.IsGone = true;
            return session.Connection;
        }
    }
}
