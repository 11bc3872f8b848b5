using Coordination.Simulation.Tests.Database;
using Coordination.Storage;

namespace Coordination.Simulation.Tests.Mutating;

/// <summary>A log that does not ask the database for its tail, but remembers it for a while.</summary>
internal sealed class UnaskedTail : Mutations
{
    public override SimulatedLog MakeLog(SimulatedDatabase database, DatabaseLink link) => new Log(database, link);

    private sealed class Log(SimulatedDatabase database, DatabaseLink link) : SimulatedLog(database, link)
    {
        private const int MostAnswers = 3;

        private LogTail _remembered;
        private int _answers = MostAnswers;

        public override async ValueTask<LogTail> ReadTailAsync(CancellationToken cancellationToken)
        {
            if (_answers++ < MostAnswers)
                return _remembered;
            _answers = 0;
            return _remembered = await base.ReadTailAsync(cancellationToken);
        }

        public override async ValueTask<bool> AppendAsync(LogRow row, LogTail expected)
        {
            bool stands = await base.AppendAsync(row, expected);
            _remembered = stands ? row.AsTail() : expected;
            return stands;
        }
    }
}
