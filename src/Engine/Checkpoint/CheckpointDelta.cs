using System.Collections.Frozen;

namespace Coordination.Engine.Checkpoint;

/// <summary>What a stretch of the log does to a checkpoint, each row at most once.</summary>
/// <remarks>Results, not deltas: carrying it out twice leaves what carrying it out once left.</remarks>
public sealed class CheckpointDelta
{
    /// <summary>The checkpoint that this applies to.</summary>
    public required CheckpointState Base { get; init; }

    /// <summary>What the checkpoint is a picture of afterwards.</summary>
    public required CheckpointState Target { get; init; }

    /// <summary>The znodes that change.</summary>
    public required IReadOnlyCollection<ZnodeChange> Znodes { get; init; }

    /// <summary>The sessions that change, by id; null for one that closed.</summary>
    public required IReadOnlyDictionary<long, SessionRecord?> Sessions { get; init; }

    /// <summary>The sessions whose kept answers change, none of which is closed; null where none are known.</summary>
    public IReadOnlyDictionary<long, byte[]?> Answers { get; init; } = FrozenDictionary<long, byte[]?>.Empty;

    /// <summary>What the replica that knows the answers had applied: the target's row, or one behind it. A log that has not got
    /// it is not the one that the answers are of. Null where that is the target's.</summary>
    public AppliedRow? Applied { get; init; }

    /// <summary>The counters that change.</summary>
    public required IReadOnlyDictionary<string, long> Counters { get; init; }

    /// <summary>The last batch taken, per silo life; null for one that the fold forgot.</summary>
    public required IReadOnlyDictionary<Guid, long?> SiloBatches { get; init; }
}
