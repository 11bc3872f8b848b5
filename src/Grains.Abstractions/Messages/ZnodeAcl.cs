using Coordination.Protocol;
using Orleans;

namespace Coordination.Grains.Messages;

/// <summary>A znode's ACL and Stat, of one moment.</summary>
/// <param name="Acl">The ACL.</param>
/// <param name="Stat">The Stat.</param>
[GenerateSerializer, Immutable]
[Alias("Coordination.ZnodeAcl")]
public sealed record ZnodeAcl(
    [property: Id(0)] Acl[] Acl,
    [property: Id(1)] Stat Stat);
