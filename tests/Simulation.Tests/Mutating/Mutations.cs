using Coordination.Grains.Cluster;
using Coordination.Grains.Sessions;
using Coordination.Simulation.Tests.Database;
using Coordination.Simulation.Tests.Scheduling;

namespace Coordination.Simulation.Tests.Mutating;

/// <summary>What a run is made of: the real parts, unless a test puts a broken one in, to see it found out.</summary>
internal class Mutations
{
    /// <summary>The real parts.</summary>
    public static Mutations None { get; } = new();

    /// <summary>Makes the log as a silo has it.</summary>
    public virtual SimulatedLog MakeLog(SimulatedDatabase database, DatabaseLink link) => new(database, link);

    /// <summary>Makes the way from a silo to the database.</summary>
    public virtual DatabaseLink MakeLink(SimulatedProcess process, DatabaseWeather weather, int silo) =>
        new(process, weather, silo);

    /// <summary>Whether a silo catches up with what a client has seen before it serves it.</summary>
    public virtual bool HeedsLastZxid => true;

    /// <summary>Whether a silo lets the event of a watch get lost.</summary>
    public virtual bool LosesEvent(Random random) => false;

    /// <summary>Makes a silo's tracker of sessions.</summary>
    public virtual SessionTracker MakeTracker(Guid silo, TimeSpan tick, SiloLease lease, TimeProvider time) =>
        new(silo, tick, time) { OthersPatience = lease.Patience };
}
