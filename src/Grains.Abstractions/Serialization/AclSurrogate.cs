using Coordination.Protocol;
using Orleans;

namespace Coordination.Grains.Serialization;

/// <summary>An <see cref="Acl"/> on its way between silos and clients of Orleans.</summary>
[GenerateSerializer, Immutable]
[Alias("Coordination.AclSurrogate")]
internal readonly struct AclSurrogate(in Acl acl)
{
    [Id(0)]
    public readonly int Permissions = (int)acl.Permissions;

    [Id(1)]
    public readonly string Scheme = acl.Identity.Scheme;

    [Id(2)]
    public readonly string Name = acl.Identity.Id;

    public Acl ToAcl() => new((Permissions)Permissions, new Identity(Scheme, Name));
}
