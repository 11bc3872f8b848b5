namespace Coordination.Grains.Tests.Checkpoints;

/// <summary>The system's time, which counts the waits that are not a poll's.</summary>
internal sealed class RestCountingTimeProvider(TimeSpan poll) : TimeProvider
{
    private int _rests;

    public int Rests => Volatile.Read(ref _rests);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime != poll)
            Interlocked.Increment(ref _rests);
        return base.CreateTimer(callback, state, dueTime, period);
    }
}
