using Coordination.Storage;

namespace Coordination.Simulation.Tests.Database;

/// <summary>The turns of silos at appending: who has one loses it when it stands still.</summary>
/// <param name="database">The database.</param>
/// <param name="link">The way to it; also stands for the silo.</param>
/// <param name="read">Reads what follows a prefix, in the database.</param>
internal sealed class SimulatedTurns(SimulatedDatabase database, DatabaseLink link, Func<LogTail, LogStretch> read) : ILogTurns
{
    private const int MostTries = 4;

    /// <inheritdoc/>
    public ValueTask<LogStretch> ReadNextAsync(LogTail after) => link.CallAsync(null, () => read(after));

    /// <inheritdoc/>
    public async ValueTask<LogTurn> TakeAsync(LogTail after)
    {
        LogTurn turn = default;
        for (int i = 0; i < MostTries && !turn.IsTaken; i++)
            turn = await link.CallAsync(null, () => new LogTurn(database.TryTakeTurn(link), read(after)));
        return turn;
    }

    /// <inheritdoc/>
    public async ValueTask GiveBackAsync()
    {
        try
        {
            await link.CallAsync(null, () =>
            {
                database.EndTurn(link);
                return true;
            });
        }
        catch (LogUnavailableException)
        {
            // It ends by itself.
        }
    }
}
