namespace Coordination.Storage;

/// <summary>The durable, totally ordered log: rows at dense positions, appended by compare-and-append.</summary>
/// <remarks>The contract is narrow on purpose: a quorum log could stand in for the database. One instance serves one
/// silo; appends come from one thread at a time, everything else may be called from any.</remarks>
public interface ILog : IAsyncDisposable
{
    /// <summary>Names this history of the log; a log that was made anew has another.</summary>
    Guid Incarnation { get; }

    /// <summary>The first position that is still kept; what stands before it is in the checkpoint only.</summary>
    ValueTask<long> ReadFirstPositionAsync(CancellationToken cancellationToken);

    /// <summary>Asks the database for the tail, after this call was made: what a linearizable read waits for.</summary>
    ValueTask<LogTail> ReadTailAsync(CancellationToken cancellationToken);

    /// <summary>Appends a row if, and only if, the log's tail is the one that the row was made for.</summary>
    /// <returns>True when the row stands in the log, durable: also where an earlier call with the same row had already
    /// put it there. False when another row stands at its position, or its predecessor is another.</returns>
    /// <exception cref="LogUnavailableException">The outcome is known to be "not appended", and trying again later may
    /// help: the disk is full, or the database cannot be reached.</exception>
    /// <exception cref="LogOutcomeUnknownException">The row may or may not stand: the only way on is to offer the same
    /// row again.</exception>
    /// <exception cref="LogCorruptException">The log can no longer be trusted; the silo must stop.</exception>
    /// <remarks>Never cancelled: a row that was offered may be durable at any moment.</remarks>
    ValueTask<bool> AppendAsync(LogRow row, LogTail expected);

    /// <summary>Reads rows in order, from <paramref name="after"/> exclusive to the tail at the time of the call,
    /// checking each against the chain.</summary>
    /// <exception cref="LogCorruptException">A row is missing, torn or corrupt; the message names its position.</exception>
    /// <exception cref="LogHistoryChangedException">The row at <paramref name="after"/> is another than the one given:
    /// the history that the caller has applied is no more.</exception>
    IAsyncEnumerable<LogRow> ReadAsync(LogTail after, CancellationToken cancellationToken);

    /// <summary>Forgets rows before <paramref name="firstKept"/>, a bounded number at a time.</summary>
    /// <returns>Whether there are more to forget.</returns>
    ValueTask<bool> TrimAsync(long firstKept, CancellationToken cancellationToken);
}
