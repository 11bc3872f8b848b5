using System.Runtime.CompilerServices;
using Coordination.Storage;

namespace Coordination.Simulation.Tests.Database;

/// <summary>The shared log as a silo has it.</summary>
internal class SimulatedLog(SimulatedDatabase database, DatabaseLink link) : ILog
{
    private const int ChunkRows = 3;

    private SimulatedTurns? _turns;

    /// <inheritdoc/>
    public Guid Incarnation => database.Incarnation;

    /// <inheritdoc/>
    public bool IsShared => true;

    /// <inheritdoc/>
    public ILogTurns Turns => _turns ??= new SimulatedTurns(database, link, ReadNext);

    /// <inheritdoc/>
    public ValueTask<long> ReadFirstPositionAsync(CancellationToken cancellationToken) =>
        link.CallAsync(null, () => database.Forgotten.Position + 1);

    /// <inheritdoc/>
    public virtual ValueTask<LogTail> ReadTailAsync(CancellationToken cancellationToken) =>
        link.CallAsync(null, () => database.Tail, cancellationToken: cancellationToken);

    /// <inheritdoc/>
    public ValueTask<LogTail?> ReadTailAtAsync(long position, CancellationToken cancellationToken) =>
        link.CallAsync(null, () => TailAt(position), cancellationToken: cancellationToken);

    /// <inheritdoc/>
    public virtual async ValueTask<bool> AppendAsync(LogRow row, LogTail expected)
    {
        // What is on its way stays as it was sent, whatever becomes of the sender's buffer.
        var sent = row with { Body = row.Body.ToArray() };
        if (await link.CallAsync($"append of row {row.Position}", () => TryInsert(sent, expected), isAppend: true))
            return true;
        var (standing, forgotten) = await link.CallAsync(
            $"look at row {row.Position}", () => (database.ReadAt(row.Position), database.Forgotten), isAppend: true);
        if (standing is { } other)
            return other.Checksum == row.Checksum;
        return row.Position > forgotten.Position
            ? false
            : throw new LogHistoryChangedException($"the row at position {row.Position} was trimmed off");
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<LogRow> ReadAsync(
        LogTail after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var tail = await link.CallAsync(null, () => CheckPrefix(after));
        while (after.Position < tail.Position)
        {
            var last = after;
            var rows = await link.CallAsync(null, () => ReadChunk(last, tail.Position));
            foreach (var row in rows)
                yield return row;
            after = rows[^1].AsTail();
        }
    }

    /// <inheritdoc/>
    public ValueTask<long> FindFirstOfLastAsync(long bytes, CancellationToken cancellationToken) =>
        link.CallAsync(null, () => database.FindFirstOfLast(bytes));

    /// <inheritdoc/>
    public ValueTask<bool> TrimAsync(long firstKept, CancellationToken cancellationToken) =>
        link.CallAsync(null, () => database.Trim(firstKept));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>The database that it is in.</summary>
    protected SimulatedDatabase Database => database;

    /// <summary>What the database does with an append.</summary>
    protected virtual bool TryInsert(LogRow row, LogTail expected)
    {
        if (database.IsTurnOfAnother(link))
            return false;
        database.EndTurn(link);
        return database.TryInsert(row, expected);
    }

    /// <summary>What the database finds behind a position.</summary>
    protected virtual List<LogRow> Find(long position, long through) => database.ReadAfter(position, through, ChunkRows);

    /// <summary>Finds the tail of a log that has what was applied.</summary>
    protected virtual LogTail CheckPrefix(LogTail prefix)
    {
        var tail = database.Tail;
        if (prefix.Position > tail.Position)
            throw new LogHistoryChangedException($"the log ends at {tail.Position}, what was applied at {prefix.Position}");
        if (prefix.Position < database.Forgotten.Position)
            throw new LogHistoryChangedException($"what was applied ends at {prefix.Position}, which was trimmed off");
        if (prefix.Position > 0 && database.RowAt(prefix.Position)!.Value.Checksum != prefix.Checksum)
            throw new LogHistoryChangedException($"the row at position {prefix.Position} is not the one that was applied");
        return tail;
    }

    /// <summary>Looks whether rows follow what they were read behind: a log that was restored meanwhile has others.</summary>
    protected virtual void CheckChain(LogTail after, List<LogRow> rows)
    {
        var last = after;
        foreach (var row in rows)
        {
            if (last.Next(row.FirstZxid, row.LastZxid, row.Body).Checksum != row.Checksum)
            {
                CheckPrefix(after);
                throw new LogCorruptException($"the row at position {row.Position} does not match its checksum");
            }
            last = row.AsTail();
        }
    }

    private LogStretch ReadNext(LogTail after)
    {
        var tail = CheckPrefix(after);
        if (tail.Position == after.Position)
            return new LogStretch([], ReachesTail: true);
        var rows = ReadChunk(after, tail.Position);
        return new LogStretch(rows, rows[^1].Position == tail.Position);
    }

    private List<LogRow> ReadChunk(LogTail after, long through)
    {
        var rows = Find(after.Position, through);
        if (rows.Count == 0 || database.Forgotten.Position > after.Position)
            throw new LogHistoryChangedException($"rows behind position {after.Position} were trimmed off");
        CheckChain(after, rows);
        return rows;
    }

    private LogTail? TailAt(long position) =>
        position < database.Forgotten.Position ? null
        : position == database.Forgotten.Position ? database.Forgotten
        : database.RowAt(position)?.AsTail();
}
