using Coordination.Simulation.Tests.Database;
using Coordination.Storage;

namespace Coordination.Simulation.Tests.Mutating;

/// <summary>An append whose answer was lost is taken for one that was lost to another silo: it is done again.</summary>
internal sealed class UnknownTakenForLost : Mutations
{
    public override SimulatedLog MakeLog(SimulatedDatabase database, DatabaseLink link) => new Log(database, link);

    private sealed class Log(SimulatedDatabase database, DatabaseLink link) : SimulatedLog(database, link)
    {
        public override async ValueTask<bool> AppendAsync(LogRow row, LogTail expected)
        {
            try
            {
                return await base.AppendAsync(row, expected);
            }
            catch (LogOutcomeUnknownException)
            {
                return false;
            }
        }
    }
}
