using Coordination.Simulation.Tests.Database;
using Coordination.Storage;

namespace Coordination.Simulation.Tests.Mutating;

/// <summary>A log that takes a row where another stands already: each of two silos believes in its own.</summary>
internal sealed class TwoRowsAtOnePosition : Mutations
{
    public override SimulatedLog MakeLog(SimulatedDatabase database, DatabaseLink link) => new Log(database, link);

    private sealed class Log(SimulatedDatabase database, DatabaseLink link) : SimulatedLog(database, link)
    {
        protected override bool TryInsert(LogRow row, LogTail expected) =>
            base.TryInsert(row, expected) || Database.Tail.Position == row.Position;
    }
}
