namespace Coordination.Grains.Sessions;

/// <summary>A session that this silo answers for: when its client was last heard.</summary>
public sealed class TrackedSession
{
    private long _lastHeard;

    internal TrackedSession(long id, long attachZxid, int timeoutMilliseconds, long now)
    {
        Id = id;
        AttachZxid = attachZxid;
        TimeoutMilliseconds = timeoutMilliseconds;
        _lastHeard = now;
    }

    /// <summary>The session id.</summary>
    public long Id { get; }

    /// <summary>The attachment that this silo answers for.</summary>
    public long AttachZxid { get; internal set; }

    /// <summary>The negotiated timeout.</summary>
    public int TimeoutMilliseconds { get; internal set; }

    internal ISessionConnection? Connection { get; set; }

    internal bool IsGone { get; set; }

    /// <summary>The tick at which the wheel looks at it; a place that it has at another is stale.</summary>
    internal long WheelTick { get; set; }

    internal long LastHeard => Volatile.Read(ref _lastHeard);

    /// <summary>The client was heard.</summary>
    /// <param name="now">The time, as <see cref="SessionTracker.Now"/> has it.</param>
    public void Touch(long now) => Volatile.Write(ref _lastHeard, now);
}
