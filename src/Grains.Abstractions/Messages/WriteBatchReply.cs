using Orleans;

namespace Coordination.Grains.Messages;

/// <summary>What became of a silo's batch.</summary>
/// <param name="Taken">False when that batch, or a later one of the silo, was taken before, or where it was made so long ago
/// that this is not known any more: more than an hour.</param>
/// <param name="Zxid">How far the log had come when the outcomes were known.</param>
/// <param name="Outcomes">The outcome of each request, in order, in the engine's binary form.</param>
[GenerateSerializer, Immutable]
[Alias("Coordination.WriteBatchReply")]
public sealed record WriteBatchReply(
    [property: Id(0)] bool Taken,
    [property: Id(1)] long Zxid,
    [property: Id(2)] byte[] Outcomes);
