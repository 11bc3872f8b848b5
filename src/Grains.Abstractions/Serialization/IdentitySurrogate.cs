using Coordination.Protocol;
using Orleans;

namespace Coordination.Grains.Serialization;

/// <summary>An <see cref="Identity"/> on its way between silos and clients of Orleans.</summary>
[GenerateSerializer, Immutable]
[Alias("Coordination.IdentitySurrogate")]
internal readonly struct IdentitySurrogate(in Identity identity)
{
    [Id(0)]
    public readonly string Scheme = identity.Scheme;

    [Id(1)]
    public readonly string Name = identity.Id;

    public Identity ToIdentity() => new(Scheme, Name);
}
