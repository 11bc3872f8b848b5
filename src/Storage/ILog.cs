namespace Coordination.Storage;

/// <summary>The durable, totally ordered log: rows at dense positions, appended by compare-and-append.</summary>
/// <remarks>The contract is narrow on purpose: a quorum log could stand in for the database. One instance serves one
/// silo; appends come from one thread at a time, everything else may be called from any.</remarks>
public interface ILog : IAsyncDisposable
{
    /// <summary>Names this history of the log; a log that was made anew has another.</summary>
    Guid Incarnation { get; }

    /// <summary>Whether others may append to it: what was applied is then not known to be all without asking.</summary>
    bool IsShared { get; }

    /// <summary>How those that append to it come one after the other; one object for all of this log's life.</summary>
    ILogTurns Turns => new NoTurns(this);

    /// <summary>The first position that is still kept; what stands before it is in the checkpoint only.</summary>
    ValueTask<long> ReadFirstPositionAsync(CancellationToken cancellationToken);

    /// <summary>Asks the database for the tail, after this call was made: what a linearizable read waits for.</summary>
    ValueTask<LogTail> ReadTailAsync(CancellationToken cancellationToken);

    /// <summary>Reads what the log was when the row at a position was its last: where a reading can begin.</summary>
    /// <param name="position">The position; 0 for before the first row.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>Null where what follows the position is not all kept, or the log ends before it.</returns>
    /// <exception cref="LogUnavailableException">The database cannot be reached; a later try may succeed.</exception>
    ValueTask<LogTail?> ReadTailAtAsync(long position, CancellationToken cancellationToken);

    /// <summary>Appends a row if, and only if, the log's tail is the one that the row was made for.</summary>
    /// <param name="row">The row, as <see cref="LogTail.Next"/> of <paramref name="expected"/> makes it.</param>
    /// <param name="expected">The tail that it was made for.</param>
    /// <returns>True when the row stands in the log, durable: also where an earlier call with the same row had already
    /// put it there. False when another row stands at its position, or its predecessor is another, or another is just about
    /// to append: see <see cref="Turns"/>.</returns>
    /// <exception cref="LogUnavailableException">The outcome is known to be "not appended", and trying again later may
    /// help: the disk is full, or the database cannot be reached.</exception>
    /// <exception cref="LogOutcomeUnknownException">The row may or may not stand: the only way on is to offer the same
    /// row again.</exception>
    /// <exception cref="LogCorruptException">The log can no longer be trusted; the silo must stop. Whether the row stands,
    /// a process that starts anew will see.</exception>
    /// <exception cref="LogHistoryChangedException">The row's position was trimmed off, so that it cannot be told any more
    /// whether an earlier call had put it there: load again.</exception>
    /// <exception cref="ArgumentException">The row cannot follow the tail: its position is not the next, its zxids are not
    /// above the tail's, or its body is empty or above <see cref="LogRow.MaxBodyLength"/>.</exception>
    /// <remarks>Never cancelled: a row that was offered may be durable at any moment.</remarks>
    ValueTask<bool> AppendAsync(LogRow row, LogTail expected);

    /// <summary>Reads rows in order, from <paramref name="after"/> exclusive to the tail at the time at which the reading
    /// begins, checking each against the chain. Keeps some rows in memory, never all.</summary>
    /// <param name="after">What the caller has applied; only its position and checksum matter.</param>
    /// <param name="cancellationToken">Ends the reading between two rows.</param>
    /// <exception cref="LogCorruptException">A row is missing, torn or corrupt; the message names its position.</exception>
    /// <exception cref="LogHistoryChangedException">The row at <paramref name="after"/> is another than the one given, so
    /// that the history that the caller has applied is no more; or rows after it were trimmed off. In both cases what
    /// helps is to load again.</exception>
    /// <exception cref="LogUnavailableException">The database cannot be reached; a later try may succeed.</exception>
    IAsyncEnumerable<LogRow> ReadAsync(LogTail after, CancellationToken cancellationToken);

    /// <summary>Finds how far back a number of bytes reaches.</summary>
    /// <returns>The first position from which on all bodies together take at most <paramref name="bytes"/>, or that of the
    /// last row where it alone takes more; 1 for an empty log.</returns>
    ValueTask<long> FindFirstOfLastAsync(long bytes, CancellationToken cancellationToken);

    /// <summary>Forgets rows before <paramref name="firstKept"/>, a bounded number at a time; the last row stays, and so does,
    /// where the checkpoint is in the same database, whatever is not in the checkpoint.</summary>
    /// <returns>Whether there are more to forget.</returns>
    /// <exception cref="LogUnavailableException">Nothing was forgotten, and a later try may succeed.</exception>
    /// <exception cref="LogCorruptException">The log can no longer be trusted; the silo must stop.</exception>
    ValueTask<bool> TrimAsync(long firstKept, CancellationToken cancellationToken);
}
