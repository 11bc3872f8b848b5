using Orleans;

namespace Coordination.Grains.Messages;

/// <summary>A committed row of the log.</summary>
/// <param name="Position">Where it stands.</param>
/// <param name="FirstZxid">The first zxid in it.</param>
/// <param name="LastZxid">The last zxid in it.</param>
/// <param name="Body">The batch in the engine's binary form.</param>
[GenerateSerializer, Immutable]
[Alias("Coordination.CommittedRow")]
public sealed record CommittedRow(
    [property: Id(0)] long Position,
    [property: Id(1)] long FirstZxid,
    [property: Id(2)] long LastZxid,
    [property: Id(3)] byte[] Body);
