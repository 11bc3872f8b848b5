using Coordination.Protocol;
using Orleans;

namespace Coordination.Grains.Messages;

/// <summary>A znode's data and Stat, of one moment.</summary>
/// <param name="Data">The data, which may be null.</param>
/// <param name="Stat">The Stat.</param>
/// <param name="Zxid">As of which zxid that is; 0 from a silo of a version before it was told.</param>
[GenerateSerializer, Immutable]
[Alias("Coordination.ZnodeData")]
public sealed record ZnodeData(
    [property: Id(0)] byte[]? Data,
    [property: Id(1)] Stat Stat,
    [property: Id(2)] long Zxid = 0);
