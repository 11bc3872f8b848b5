using Coordination.Simulation.Tests.Database;
using Coordination.Storage;

namespace Coordination.Simulation.Tests.Mutating;

/// <summary>A log that leaves a row out, now and then, where it is read.</summary>
internal sealed class SkippedRow : Mutations
{
    public override SimulatedLog MakeLog(SimulatedDatabase database, DatabaseLink link) => new Log(database, link);

    private sealed class Log(SimulatedDatabase database, DatabaseLink link) : SimulatedLog(database, link)
    {
        protected override List<LogRow> Find(long position, long through)
        {
            var rows = base.Find(position, through);
            if (rows.Count > 1 && rows[0].Position % 8 == 0)
                rows.RemoveAt(0);
            return rows;
        }

        // Nor does it look at the chain, which would tell.
        protected override void CheckChain(LogTail after, List<LogRow> rows)
        {
        }
    }
}
