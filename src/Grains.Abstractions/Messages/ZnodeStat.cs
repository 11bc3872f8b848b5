using Coordination.Protocol;
using Orleans;

namespace Coordination.Grains.Messages;

/// <summary>A znode's Stat, as of a zxid.</summary>
/// <param name="Stat">The Stat; null where there is no znode.</param>
/// <param name="Zxid">As of which zxid that is.</param>
[GenerateSerializer, Immutable]
[Alias("Coordination.ZnodeStat")]
public sealed record ZnodeStat(
    [property: Id(0)] Stat? Stat,
    [property: Id(1)] long Zxid);
