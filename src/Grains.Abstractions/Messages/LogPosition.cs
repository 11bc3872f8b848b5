using Orleans;

namespace Coordination.Grains.Messages;

/// <summary>How far the log goes.</summary>
/// <param name="Position">The position of the last row; 0 for an empty log.</param>
/// <param name="LastZxid">The last zxid in it.</param>
[GenerateSerializer, Immutable]
[Alias("Coordination.LogPosition")]
public sealed record LogPosition(
    [property: Id(0)] long Position,
    [property: Id(1)] long LastZxid);
