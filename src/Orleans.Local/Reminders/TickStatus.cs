namespace Orleans.Runtime;

/// <summary>
/// Which tick of a reminder this is. Ticks are due at the first one's time plus multiples of the period; those that
/// fall due while the process is down, or while an earlier one is dealt with, are left out.
/// </summary>
/// <param name="firstTickTime">When the first tick was due, in UTC.</param>
/// <param name="period">The period.</param>
/// <param name="timeStamp">When the tick was sent, in UTC.</param>
[GenerateSerializer, Immutable]
public readonly struct TickStatus(DateTime firstTickTime, TimeSpan period, DateTime timeStamp)
{
    /// <summary>Gets when the first tick was due, in UTC.</summary>
    [Id(0)]
    public DateTime FirstTickTime { get; } = firstTickTime;

    /// <summary>Gets the period.</summary>
    [Id(1)]
    public TimeSpan Period { get; } = period;

    /// <summary>Gets when this tick was sent, in UTC.</summary>
    [Id(2)]
    public DateTime CurrentTickTime { get; } = timeStamp;

    /// <inheritdoc/>
    public override string ToString() => $"<{FirstTickTime}, {Period}, {CurrentTickTime}>";
}
