namespace Coordination.Grains.Checkpoints;

/// <summary>When the checkpoint is brought forward, and how much log is kept behind it.</summary>
public sealed record CheckpointPace
{
    /// <summary>How often it is looked whether something is due.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How many bytes of log the checkpoint may be behind: what a restart has to apply.</summary>
    public long BytesBehind { get; init; } = 16 << 20;

    /// <summary>At how many bytes behind it is brought forward without rests between its pieces, which slows writes down.</summary>
    public long MostBytesBehind { get; init; } = 512 << 20;

    /// <summary>How long the checkpoint may be behind at all.</summary>
    public TimeSpan MostAge { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long after the last row it is brought forward to it, however little it is behind: whoever looks at the
    /// checkpoint when all is quiet sees all. Null where it is not.</summary>
    public TimeSpan? Idleness { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long it is brought forward at an orderly stop, at most.</summary>
    public TimeSpan MostAtStop { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How many bytes of log are kept, however far the checkpoint is: what watches resume from.</summary>
    public long KeptBytes { get; init; } = 256 << 20;

    /// <summary>How long trimming rests between its pieces.</summary>
    public TimeSpan TrimRest { get; init; } = TimeSpan.FromMilliseconds(20);
}
