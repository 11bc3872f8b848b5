using Coordination.Protocol;
using Orleans;

namespace Coordination.Grains.Messages;

/// <summary>A znode's children and Stat, of one moment.</summary>
/// <param name="Names">The names, in byte order.</param>
/// <param name="Stat">The Stat.</param>
/// <param name="Zxid">As of which zxid that is; 0 from a silo of a version before it was told.</param>
[GenerateSerializer, Immutable]
[Alias("Coordination.ZnodeChildren")]
public sealed record ZnodeChildren(
    [property: Id(0)] string[] Names,
    [property: Id(1)] Stat Stat,
    [property: Id(2)] long Zxid = 0);
