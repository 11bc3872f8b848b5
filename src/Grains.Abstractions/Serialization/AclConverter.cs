using Coordination.Protocol;
using Orleans;

namespace Coordination.Grains.Serialization;

/// <summary>Tells Orleans how an <see cref="Acl"/>, which knows nothing of it, is serialized.</summary>
[RegisterConverter]
internal sealed class AclConverter : IConverter<Acl, AclSurrogate>
{
    public Acl ConvertFromSurrogate(in AclSurrogate surrogate) => surrogate.ToAcl();

    public AclSurrogate ConvertToSurrogate(in Acl value) => new(value);
}
