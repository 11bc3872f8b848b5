using System.Runtime.CompilerServices;
using Coordination.Engine.Following;
using Coordination.Storage;

namespace Coordination.Grains.Replication;

/// <summary>Finds the updates of the past in the log, as far as it is kept.</summary>
/// <remarks>Reads some rows before those that are asked for as well, to know what was there before.</remarks>
public sealed class UpdateHistory(ILog log, Replica replica)
{
    private const int RowsBefore = 1024;
    private const int MostSearches = 3;

    /// <summary>Reads the updates of a znode, or of a znode and all below it, row by row.</summary>
    /// <param name="top">The znode, in UTF-8.</param>
    /// <param name="isRecursive">Whether all below it is followed, too.</param>
    /// <param name="after">The zxid that they come after.</param>
    /// <param name="through">The last zxid that is of interest; this silo has applied it.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>For each row the last zxid that it tells of, and the updates; the list is used again for the next row.</returns>
    /// <exception cref="LogHistoryChangedException">The log does not reach back as far, or what is only read to know what was
    /// there before was trimmed off meanwhile: <see cref="ReachesBackAsync"/> tells which.</exception>
    /// <exception cref="LogUnavailableException">The log cannot be read now; a later try may succeed.</exception>
    public async IAsyncEnumerable<(long Through, IReadOnlyList<ZnodeUpdate> Updates)> ReadAsync(
        byte[] top, bool isRecursive, long after, long through, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var start = await FindAsync(after, cancellationToken);
        var replay = new UpdateReplay(top, isRecursive);
        var updates = new List<ZnodeUpdate>();
        await foreach (var row in log.ReadAsync(start, cancellationToken))
        {
            if (row.FirstZxid > through)
                yield break;
            updates.Clear();
            replay.Read(row.Body, after, through, updates);
            if (row.LastZxid > after)
                yield return (Math.Min(row.LastZxid, through), updates);
        }
    }

    /// <summary>Tells whether all that came after a zxid is kept.</summary>
    /// <exception cref="LogUnavailableException">The log cannot be read now; a later try may succeed.</exception>
    public async ValueTask<bool> ReachesBackAsync(long after, CancellationToken cancellationToken)
    {
        for (int searches = 0; searches < MostSearches; searches++)
        {
            if (await ReadBeginningAsync(cancellationToken) is { } kept)
                return kept.LastZxid <= after;
        }
        throw new LogUnavailableException("the log is trimmed while it is looked how far it reaches back");
    }

    private async ValueTask<LogTail?> ReadBeginningAsync(CancellationToken cancellationToken) =>
        await log.ReadTailAtAsync(await log.ReadFirstPositionAsync(cancellationToken) - 1, cancellationToken);

    private async ValueTask<LogTail> FindAsync(long after, CancellationToken cancellationToken)
    {
        // What is trimmed off while it is looked for makes another search necessary.
        for (int searches = 0; searches < MostSearches; searches++)
        {
            if (await ReadBeginningAsync(cancellationToken) is not { } kept)
                continue;
            if (kept.LastZxid > after)
                throw new LogHistoryChangedException($"the log does not reach back to what came after zxid 0x{after:x}");
            if (await FindAsync(kept, after, cancellationToken) is not { } last)
                continue;
            long before = Math.Max(kept.Position, last.Position - RowsBefore);
            return await log.ReadTailAtAsync(before, cancellationToken) ?? last;
        }
        throw new LogUnavailableException($"the log is trimmed while it is looked for zxid 0x{after:x}");
    }

    // The last row that ends at the zxid or before it.
    private async ValueTask<LogTail?> FindAsync(LogTail low, long after, CancellationToken cancellationToken)
    {
        var tail = replica.Tail;
        if (tail.LastZxid <= after)
            return tail;
        long high = tail.Position - 1;
        while (low.Position < high)
        {
            if (await log.ReadTailAtAsync(low.Position + ((high - low.Position + 1) / 2), cancellationToken) is not { } middle)
                return null;
            if (middle.LastZxid <= after)
                low = middle;
            else
                high = middle.Position - 1;
        }
        return low;
    }
}
