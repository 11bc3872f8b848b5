using Coordination.Protocol;
using Orleans;

namespace Coordination.Grains.Serialization;

/// <summary>Tells Orleans how a <see cref="Stat"/>, which knows nothing of it, is serialized.</summary>
[RegisterConverter]
internal sealed class StatConverter : IConverter<Stat, StatSurrogate>
{
    public Stat ConvertFromSurrogate(in StatSurrogate surrogate) => surrogate.ToStat();

    public StatSurrogate ConvertToSurrogate(in Stat value) => new(value);
}
