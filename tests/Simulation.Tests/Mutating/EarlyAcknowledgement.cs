using Coordination.Simulation.Tests.Database;
using Coordination.Storage;

namespace Coordination.Simulation.Tests.Mutating;

/// <summary>A log that says that a row stands before it does, and seldom loses one so.</summary>
internal sealed class EarlyAcknowledgement : Mutations
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
                return true;
            }
        }
    }
}
