using Orleans;

namespace Coordination.Grains.Messages;

/// <summary>A silo's writes, handed over in their order.</summary>
/// <param name="Silo">The life of the silo.</param>
/// <param name="Number">The silo's own number of the batch: above all before it.</param>
/// <param name="Requests">The requests in the engine's binary form.</param>
/// <param name="Seen">The zxid that the silo had seen when it made the batch, and not when it hands it over again.</param>
[GenerateSerializer, Immutable]
[Alias("Coordination.WriteBatch")]
public sealed record WriteBatch(
    [property: Id(0)] Guid Silo,
    [property: Id(1)] long Number,
    [property: Id(2)] byte[] Requests,
    [property: Id(3)] long Seen);
