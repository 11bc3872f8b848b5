using Coordination.Grains.Cluster;
using Coordination.Storage;

namespace Coordination.Simulation.Tests.Silos;

/// <summary>What a silo may end by, to be started again.</summary>
internal static class SiloEndings
{
    /// <summary>Whether a silo may end by this, where nothing is broken but its way to the database, and its sleep.</summary>
    public static bool AreFair(Exception failure) =>
        failure is SiloTakenForDeadException or NewerFormatException or LogUnavailableException or LogHistoryChangedException;
}
