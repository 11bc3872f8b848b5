namespace Coordination.Storage.Postgres;

/// <summary>The turns of silos that share a PostgreSQL.</summary>
internal sealed class PostgresTurns(PostgresLog log, PostgresAppender appender) : ILogTurns
{
    private const int MostRows = 64;

    /// <inheritdoc/>
    public async ValueTask<LogStretch> ReadNextAsync(LogTail after) => appender.Read(after) ?? await ReadCheckedAsync(after);

    /// <inheritdoc/>
    public async ValueTask<LogTurn> TakeAsync(LogTail after)
    {
        bool isTaken = appender.TryTakeTurn(after, out var missed);
        if (missed is { } stretch)
            return new LogTurn(isTaken, stretch);
        // Nobody waits while this silo finds out what has become of its prefix, or that it cannot.
        appender.EndTurn();
        return new LogTurn(IsTaken: false, await ReadCheckedAsync(after));
    }

    /// <inheritdoc/>
    public ValueTask GiveBackAsync()
    {
        appender.EndTurn();
        return ValueTask.CompletedTask;
    }

    // Where a row of those asked for is not there, this finds out why, or that it is no matter.
    private async ValueTask<LogStretch> ReadCheckedAsync(LogTail after)
    {
        var rows = new List<LogRow>();
        await foreach (var row in log.ReadAsync(after, CancellationToken.None))
        {
            if (rows.Count == MostRows)
                return new LogStretch(rows, ReachesTail: false);
            rows.Add(row);
        }
        return new LogStretch(rows, ReachesTail: true);
    }
}
