namespace Coordination.Grains.Tests.Hosting;

/// <summary>The clock of a test, which goes on by a tick each time that it is asked.</summary>
/// <remarks>Orleans waits for a reminder in a loop until it is time, by delays of whole milliseconds: where less than one is left,
/// and the clock stands still, it would never leave that loop.</remarks>
internal sealed class CreepingTimeProvider(TimeProvider time) : TimeProvider
{
    private long _asked;

    public override long TimestampFrequency => time.TimestampFrequency;

    public override TimeZoneInfo LocalTimeZone => time.LocalTimeZone;

    public override long GetTimestamp() => time.GetTimestamp();

    public override DateTimeOffset GetUtcNow() => time.GetUtcNow().AddTicks(Interlocked.Increment(ref _asked));

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        time.CreateTimer(callback, state, dueTime, period);
}
