using Coordination.Simulation.Tests.Database;
using Coordination.Simulation.Tests.Scheduling;
using Coordination.Storage;

namespace Coordination.Simulation.Tests.Mutating;

/// <summary>An append whose answer was lost is said not to have happened.</summary>
internal sealed class UnknownTakenForFailed : Mutations
{
    public override DatabaseLink MakeLink(SimulatedProcess process, DatabaseWeather weather, int silo) =>
        new Link(process, weather, silo);

    private sealed class Link(SimulatedProcess process, DatabaseWeather weather, int silo) : DatabaseLink(process, weather, silo)
    {
        protected override Exception FailureOf(bool isAppend) => new LogUnavailableException("the connection broke");
    }
}
