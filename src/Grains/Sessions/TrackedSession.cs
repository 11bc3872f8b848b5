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

    /// <summary>Until when another silo may have heard the client, which had it before.</summary>
    internal long HeardElsewhere { get; init; } = long.MinValue;

    internal ISessionConnection? Connection { get; set; }

    internal bool IsGone { get; set; }

    /// <summary>The tick at which the wheel looks at it; a place that it has at another is stale.</summary>
    internal long WheelTick { get; set; }

    internal long LastHeard => Volatile.Read(ref _lastHeard);

    /// <summary>Makes one that no wheel looks at.</summary>
    public static TrackedSession Untracked(long id, int timeoutMilliseconds, long now) => new(id, 0, timeoutMilliseconds, now);

    /// <summary>Whether its client was not heard for its timeout.</summary>
    /// <param name="now">The time, as <see cref="SessionTracker.Now"/> has it.</param>
    public bool IsSilent(long now) => now - LastHeard > TimeoutMilliseconds;

    /// <summary>The client was heard.</summary>
    /// <param name="now">The time, as <see cref="SessionTracker.Now"/> has it.</param>
    public void Touch(long now) => Volatile.Write(ref _lastHeard, now);
}
