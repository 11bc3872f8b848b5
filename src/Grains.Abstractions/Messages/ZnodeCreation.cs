using Coordination.Protocol;
using Orleans;

namespace Coordination.Grains.Messages;

/// <summary>How a znode is to be created.</summary>
/// <param name="Data">The data, which may be null.</param>
/// <param name="Mode">Persistent or ephemeral, with a suffix or without.</param>
/// <param name="Acl">The ACL; null for one that lets everybody do everything.</param>
[GenerateSerializer, Immutable]
[Alias("Coordination.ZnodeCreation")]
public sealed record ZnodeCreation(
    [property: Id(0)] byte[]? Data,
    [property: Id(1)] CreateMode Mode = CreateMode.Persistent,
    [property: Id(2)] Acl[]? Acl = null);
