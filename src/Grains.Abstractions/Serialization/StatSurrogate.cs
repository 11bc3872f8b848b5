using Coordination.Protocol;
using Orleans;

namespace Coordination.Grains.Serialization;

/// <summary>A <see cref="Stat"/> on its way between silos and clients of Orleans.</summary>
[GenerateSerializer, Immutable]
[Alias("Coordination.StatSurrogate")]
internal readonly struct StatSurrogate(in Stat stat)
{
    [Id(0)]
    public readonly long Czxid = stat.Czxid;

    [Id(1)]
    public readonly long Mzxid = stat.Mzxid;

    [Id(2)]
    public readonly long Ctime = stat.Ctime;

    [Id(3)]
    public readonly long Mtime = stat.Mtime;

    [Id(4)]
    public readonly int Version = stat.Version;

    [Id(5)]
    public readonly int Cversion = stat.Cversion;

    [Id(6)]
    public readonly int Aversion = stat.Aversion;

    [Id(7)]
    public readonly long EphemeralOwner = stat.EphemeralOwner;

    [Id(8)]
    public readonly int DataLength = stat.DataLength;

    [Id(9)]
    public readonly int NumChildren = stat.NumChildren;

    [Id(10)]
    public readonly long Pzxid = stat.Pzxid;

    public Stat ToStat() => new(
        Czxid, Mzxid, Ctime, Mtime, Version, Cversion, Aversion, EphemeralOwner, DataLength, NumChildren, Pzxid);
}
