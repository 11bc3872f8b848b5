namespace Coordination.Testing;

/// <summary>A clock that stands still until it is moved, and calls what has become due before the move is over.</summary>
/// <remarks>Compiled into each project that uses it: the tests of a runtime must not depend on the product, as this project
/// does.</remarks>
internal sealed class ManualTimeProvider : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<ManualTimer> _timers = [];
    private long _ticks = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    public override DateTimeOffset GetUtcNow() => new(GetTimestamp(), TimeSpan.Zero);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Whether a timer that was set to so much has still to be called.</summary>
    public bool IsAnySetTo(TimeSpan dueTime)
    {
        lock (_lock)
            return _timers.Any(timer => timer.DueTime == dueTime);
    }

    public void Advance(TimeSpan span)
    {
        long target = GetTimestamp() + span.Ticks;
        while (MoveToNextDue(target) is { } due)
            due.Call();
    }

    // Moving the clock and finding nothing due is one step, lest a timer set in between be passed over.
    private ManualTimer? MoveToNextDue(long target)
    {
        lock (_lock)
        {
            var next = _timers.MinBy(timer => timer.Due);
            if (next is null || next.Due > target)
            {
                Interlocked.Exchange(ref _ticks, target);
                return null;
            }
            Interlocked.Exchange(ref _ticks, Math.Max(next.Due, GetTimestamp()));
            if (next.Period > TimeSpan.Zero)
                next.Due += next.Period.Ticks;
            else
                _timers.Remove(next);
            return next;
        }
    }

    private sealed class ManualTimer(ManualTimeProvider time, Action call) : ITimer
    {
        private bool _isDisposed;

        public long Due { get; set; }

        public TimeSpan DueTime { get; private set; }

        public TimeSpan Period { get; private set; }

        public void Call() => call();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._lock)
            {
                if (_isDisposed)
                    return false;
                time._timers.Remove(this);
                if (dueTime < TimeSpan.Zero)
                    return true;
                Due = time.GetTimestamp() + dueTime.Ticks;
                DueTime = dueTime;
                Period = period;
                time._timers.Add(this);
                return true;
            }
        }

        public void Dispose()
        {
            lock (time._lock)
            {
                _isDisposed = true;
                time._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
