namespace Coordination.Grains.Sessions;

/// <summary>The bounds that session timeouts are clamped to.</summary>
/// <param name="Least">The shortest; ZooKeeper's <c>minSessionTimeout</c>.</param>
/// <param name="Most">The longest; ZooKeeper's <c>maxSessionTimeout</c>.</param>
public sealed record SessionLimits(TimeSpan Least, TimeSpan Most)
{
    /// <summary>Clamps what a client asks for.</summary>
    /// <returns>Milliseconds.</returns>
    public int Clamp(int timeoutMilliseconds) => Math.Clamp(
        timeoutMilliseconds, (int)Least.TotalMilliseconds, (int)Most.TotalMilliseconds);
}
