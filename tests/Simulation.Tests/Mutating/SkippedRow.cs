using System.Runtime.CompilerServices;
using Coordination.Simulation.Tests.Database;
using Coordination.Storage;

namespace Coordination.Simulation.Tests.Mutating;

/// <summary>A log that leaves a row out, now and then, where it is read.</summary>
internal sealed class SkippedRow : Mutations
{
    public override SimulatedLog MakeLog(SimulatedDatabase database, DatabaseLink link) => new Log(database, link);

    private sealed class Log(SimulatedDatabase database, DatabaseLink link) : SimulatedLog(database, link)
    {
        public override async IAsyncEnumerable<LogRow> ReadAsync(
            LogTail after, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await foreach (var row in base.ReadAsync(after, cancellationToken))
            {
                if (row.Position % 32 != 0)
                    yield return row;
            }
        }
    }
}
