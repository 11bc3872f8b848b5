using Coordination.Protocol;
using Orleans;

namespace Coordination.Grains.Messages;

/// <summary>How a znode is to be created.</summary>
/// <param name="Data">The data, which may be null.</param>
/// <param name="Mode">Persistent, ephemeral, with a time to live, with a suffix or without; or a container.</param>
/// <param name="Acl">The ACL; null for one that lets everybody do everything.</param>
/// <param name="TimeToLiveMilliseconds">For the modes with a time to live: how long, from when it is last set.</param>
[GenerateSerializer, Immutable]
[Alias("Coordination.ZnodeCreation")]
public sealed record ZnodeCreation(
    [property: Id(0)] byte[]? Data,
    [property: Id(1)] CreateMode Mode = CreateMode.Persistent,
    [property: Id(2)] Acl[]? Acl = null,
    [property: Id(3)] long? TimeToLiveMilliseconds = null);
