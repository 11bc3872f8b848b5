namespace Coordination.Storage.Postgres;

/// <summary>What bounds a silo's turn to append, and the waiting for it.</summary>
/// <param name="LongestWaitMilliseconds">How long to wait for the turn; then it is done without.</param>
/// <param name="LongestIdleMilliseconds">How long one may have the turn and do nothing, until PostgreSQL takes it.</param>
internal readonly record struct TurnLimits(int LongestWaitMilliseconds, int LongestIdleMilliseconds)
{
    private const int ShortestWait = 20;
    private const int LongestWait = 40;
    private const int LongestIdle = 100;

    /// <summary>Those of one silo: staggered, so that those who wait for one that stands still do not all give up at
    /// once.</summary>
    public static TurnLimits ForSilo() => new(Random.Shared.Next(ShortestWait, LongestWait + 1), LongestIdle);
}
