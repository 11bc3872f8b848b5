using Coordination.Protocol;
using Orleans;

namespace Coordination.Grains.Serialization;

/// <summary>Tells Orleans how an <see cref="Identity"/>, which knows nothing of it, is serialized.</summary>
[RegisterConverter]
internal sealed class IdentityConverter : IConverter<Identity, IdentitySurrogate>
{
    public Identity ConvertFromSurrogate(in IdentitySurrogate surrogate) => surrogate.ToIdentity();

    public IdentitySurrogate ConvertToSurrogate(in Identity value) => new(value);
}
