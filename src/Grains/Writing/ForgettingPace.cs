namespace Coordination.Grains.Writing;

/// <summary>When a silo that hands no batch over any more is forgotten.</summary>
public sealed record ForgettingPace
{
    /// <summary>How long it must have handed none over: so long that none of it is still on its way.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How often is looked.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(1);
}
