namespace Orleans.Runtime;

/// <summary>A timer of a grain. Disposing it ends it; so does the end of the grain's activation.</summary>
public interface IGrainTimer : IDisposable
{
    /// <summary>Changes when the timer ticks. During a tick, the change counts from the end of that tick.</summary>
    /// <param name="dueTime">
    /// The time to the next tick: <see cref="TimeSpan.Zero"/> for at once, <see cref="Timeout.InfiniteTimeSpan"/> for
    /// never.
    /// </param>
    /// <param name="period">
    /// The time from the end of a tick to the next, or <see cref="Timeout.InfiniteTimeSpan"/> for no other tick.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A time is negative and not infinite, or more than 4294967294 milliseconds.
    /// </exception>
    void Change(TimeSpan dueTime, TimeSpan period);
}
