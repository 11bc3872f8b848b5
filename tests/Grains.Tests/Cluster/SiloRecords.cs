using Coordination.Storage;

namespace Coordination.Grains.Tests.Cluster;

/// <summary>Makes up silos as the database would tell of them.</summary>
internal static class SiloRecords
{
    public static SiloRecord Participant(int number, long order) => Of(number, order, SiloRole.Participant);

    public static SiloRecord Observer(int number, long order) => Of(number, order, SiloRole.Observer);

    private static SiloRecord Of(int number, long order, SiloRole role) =>
        new(new SiloEntry(Guid.NewGuid(), $"silo{number}:2181", role, 1), number, order, 0);
}
