using Coordination.Simulation.Tests.Database;
using Coordination.Storage;

namespace Coordination.Simulation.Tests.Mutating;

/// <summary>A log that is read on from a position, whatever stands there: after a restore it may be another's.</summary>
internal sealed class UncheckedPrefix : Mutations
{
    public override SimulatedLog MakeLog(SimulatedDatabase database, DatabaseLink link) => new Log(database, link);

    private sealed class Log(SimulatedDatabase database, DatabaseLink link) : SimulatedLog(database, link)
    {
        protected override LogTail CheckPrefix(LogTail prefix) => Database.Tail;

        // Nor does it look at the chain, which would tell.
        protected override void CheckChain(LogTail after, List<LogRow> rows)
        {
        }
    }
}
