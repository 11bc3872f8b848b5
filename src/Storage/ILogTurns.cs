namespace Coordination.Storage;

/// <summary>What the thread that appends asks of a log that others append to, too: what they have appended, and to be let
/// append without one of them coming in between.</summary>
/// <remarks>A matter of speed: what keeps two writers apart is the append itself. Not thread-safe, but beside everything
/// else that the log does.</remarks>
public interface ILogTurns
{
    /// <summary>Reads what follows a prefix, checked against the chain: nothing where the prefix is all that there was when
    /// this was called.</summary>
    /// <param name="after">What the caller has applied; only its position and checksum matter.</param>
    /// <exception cref="LogCorruptException">A row is missing, torn or corrupt.</exception>
    /// <exception cref="LogHistoryChangedException">The prefix is not one of this log, or what follows it was trimmed off:
    /// load again.</exception>
    /// <exception cref="LogUnavailableException">The database cannot be reached; a later try may succeed.</exception>
    ValueTask<LogStretch> ReadNextAsync(LogTail after);

    /// <summary>Waits until it is this silo's turn to append, and reads what follows a prefix then. The next append ends
    /// the turn, whatever becomes of it.</summary>
    /// <param name="after">What the caller has applied.</param>
    /// <returns>What to apply before the append. The turn may not be this silo's: one who waits is held up for some tens
    /// of milliseconds at most, and appends without it.</returns>
    /// <inheritdoc cref="ReadNextAsync" path="/exception"/>
    ValueTask<LogTurn> TakeAsync(LogTail after);

    /// <summary>Ends a turn without an append.</summary>
    ValueTask GiveBackAsync();
}
