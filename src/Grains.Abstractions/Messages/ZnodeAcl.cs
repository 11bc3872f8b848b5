using Coordination.Protocol;
using Orleans;

namespace Coordination.Grains.Messages;

/// <summary>A znode's ACL and Stat, of one moment.</summary>
/// <param name="Acl">The ACL.</param>
/// <param name="Stat">The Stat.</param>
/// <param name="Zxid">As of which zxid that is; 0 from a silo of a version before it was told.</param>
[GenerateSerializer, Immutable]
[Alias("Coordination.ZnodeAcl")]
public sealed record ZnodeAcl(
    [property: Id(0)] Acl[] Acl,
    [property: Id(1)] Stat Stat,
    [property: Id(2)] long Zxid = 0);
