namespace Coordination.Grains.Sessions;

/// <summary>The bounds that session timeouts are clamped to.</summary>
/// <param name="Least">The shortest; ZooKeeper's <c>minSessionTimeout</c>.</param>
/// <param name="Most">The longest; ZooKeeper's <c>maxSessionTimeout</c>.</param>
public sealed record SessionLimits(TimeSpan Least, TimeSpan Most)
{
    /// <summary>How often a session's reminder looks whether a silo answers for it; Orleans wants a minute at least.</summary>
    public TimeSpan BackstopPeriod { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Clamps what a client asks for.</summary>
    /// <returns>Milliseconds.</returns>
    public int Clamp(int timeoutMilliseconds) => Math.Clamp(
        timeoutMilliseconds, (int)Least.TotalMilliseconds, (int)Most.TotalMilliseconds);
}
