using Orleans;

namespace Coordination.Grains.Messages;

/// <summary>A block of numbers that a counter gave out: nobody else has them.</summary>
/// <param name="First">The first number.</param>
/// <param name="Count">How many there are, one after the other.</param>
/// <param name="Zxid">The entry that gave them out.</param>
[GenerateSerializer, Immutable]
[Alias("Coordination.NumberBlock")]
public sealed record NumberBlock(
    [property: Id(0)] long First,
    [property: Id(1)] int Count,
    [property: Id(2)] long Zxid);
