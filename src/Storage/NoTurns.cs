namespace Coordination.Storage;

/// <summary>The turns of a log whose writers know of none: whoever wants to append may, and may lose.</summary>
internal sealed class NoTurns(ILog log) : ILogTurns
{
    private const int MostRows = 256;

    /// <inheritdoc/>
    public async ValueTask<LogStretch> ReadNextAsync(LogTail after)
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

    /// <inheritdoc/>
    public async ValueTask<LogTurn> TakeAsync(LogTail after) => new(IsTaken: true, await ReadNextAsync(after));

    /// <inheritdoc/>
    public ValueTask GiveBackAsync() => ValueTask.CompletedTask;
}
