using Coordination.Protocol;
using Orleans;

namespace Coordination.Grains.Messages;

/// <summary>A znode's children and Stat, of one moment.</summary>
/// <param name="Names">The names, in byte order.</param>
/// <param name="Stat">The Stat.</param>
[GenerateSerializer, Immutable]
[Alias("Coordination.ZnodeChildren")]
public sealed record ZnodeChildren(
    [property: Id(0)] string[] Names,
    [property: Id(1)] Stat Stat);
