namespace Coordination.Grains.Checkpoints;

/// <summary>When the checkpoint is brought forward, and how much log is kept behind it.</summary>
public sealed record CheckpointPace
{
    /// <summary>How often it is looked whether something is due.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How many log rows the checkpoint may be behind.</summary>
    public long RowsBehind { get; init; } = 4096;

    /// <summary>How long the checkpoint may be behind at all.</summary>
    public TimeSpan MostAge { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How many log rows are kept, however far the checkpoint is: what watches resume from.</summary>
    public long KeptRows { get; init; } = 200_000;

    /// <summary>How long trimming rests between its pieces.</summary>
    public TimeSpan TrimRest { get; init; } = TimeSpan.FromMilliseconds(20);
}
