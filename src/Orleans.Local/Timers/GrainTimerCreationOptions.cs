using System.Diagnostics.CodeAnalysis;

namespace Orleans.Runtime;

/// <summary>When a grain's timer ticks, and how its ticks relate to the grain's requests.</summary>
public readonly struct GrainTimerCreationOptions()
{
    /// <summary>Creates options.</summary>
    /// <param name="dueTime">See <see cref="DueTime"/>.</param>
    /// <param name="period">See <see cref="Period"/>.</param>
    [SetsRequiredMembers]
    public GrainTimerCreationOptions(TimeSpan dueTime, TimeSpan period)
        : this()
    {
        DueTime = dueTime;
        Period = period;
    }

    /// <summary>
    /// Gets the time to the first tick: <see cref="TimeSpan.Zero"/> for at once,
    /// <see cref="Timeout.InfiniteTimeSpan"/> for never.
    /// </summary>
    public required TimeSpan DueTime { get; init; }

    /// <summary>
    /// Gets the time from the end of a tick to the next, or <see cref="Timeout.InfiniteTimeSpan"/> for no other tick.
    /// </summary>
    public required TimeSpan Period { get; init; }

    /// <summary>
    /// Gets whether ticks may interleave with requests and other timers. If not, which is the default, a tick is
    /// treated like a call: it interleaves only if the grain is reentrant.
    /// </summary>
    public bool Interleave { get; init; }

    /// <summary>Gets whether a tick counts as activity, which delays the collection of the grain as idle.</summary>
    public bool KeepAlive { get; init; }
}
