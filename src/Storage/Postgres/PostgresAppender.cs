using Npgsql;

namespace Coordination.Storage.Postgres;

/// <summary>Appends, and reads what others have appended, over one connection of its own, which it opens again when it has
/// broken.</summary>
internal sealed class PostgresAppender(NpgsqlDataSource source, long turnKey, TurnLimits limits) : IDisposable
{
    // Until then PostgreSQL has ended the session of one that stands still.
    private const int AppendsAfterWaitInVain = 8;

    private readonly Lock _gate = new();
    private AppendConnection? _connection;
    private int _appendsWithoutAsking;

    // A row that may still be on its way is offered again whosever turn it is: that it is another's says nothing of it.
    private bool _isUnknown;

    /// <summary>Inserts a row after its predecessor; durable when this returns.</summary>
    /// <returns>False, with nothing done, where the predecessor is not the tail, or a row stands there already, or it is
    /// another's turn.</returns>
    /// <exception cref="LogUnavailableException">It is known that nothing was done.</exception>
    /// <exception cref="LogOutcomeUnknownException">It is not known.</exception>
    public bool TryInsert(in LogRow row, in LogTail expected)
    {
        lock (_gate)
        {
            bool asksForTurn = _appendsWithoutAsking == 0;
            _appendsWithoutAsking = Math.Max(0, _appendsWithoutAsking - 1);
            bool isFresh = _connection is null;
            var connection = Open();
            if (TryInsert(connection, row, expected, asksForTurn, out bool isInserted) is not { } failure)
                return isInserted;
            // It may have been broken since long: a new one tells. Offered again, a row stands once.
            if (isFresh || !PostgresFailures.IsBroken(failure))
                throw Unknown(row, failure);
            try
            {
                failure = TryInsert(Open(), row, expected, asksForTurn: false, out isInserted);
            }
            catch (LogUnavailableException unavailable)
            {
                throw Unknown(row, unavailable);
            }
            return failure is null ? isInserted : throw Unknown(row, failure);
        }
    }

    /// <inheritdoc cref="AppendConnection.TryTakeTurn"/>
    /// <exception cref="LogUnavailableException">The database cannot be reached.</exception>
    public bool TryTakeTurn(in LogTail after, out LogStretch? missed)
    {
        var (isTaken, rows) = Ask(after, static (connection, after) =>
            (connection.TryTakeTurn(after, out var missed), missed));
        missed = rows;
        if (!isTaken)
            _appendsWithoutAsking = AppendsAfterWaitInVain;
        return isTaken;
    }

    /// <inheritdoc cref="AppendConnection.Read"/>
    /// <exception cref="LogUnavailableException">The database cannot be reached.</exception>
    public LogStretch? Read(in LogTail after) => Ask(after, static (connection, after) => connection.Read(after));

    /// <summary>Ends the turn without an append.</summary>
    public void EndTurn()
    {
        lock (_gate)
        {
            try
            {
                _connection?.EndTurn();
            }
            catch (Exception failure) when (PostgresFailures.IsUnavailable(failure))
            {
                Close();
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
            Close();
    }

    private static LogOutcomeUnknownException Unknown(in LogRow row, Exception failure) =>
        new($"whether row {row.Position} was appended is not known: {failure.Message}", failure);

    // What has left the outcome unknown; null where there is one.
    private Exception? TryInsert(
        AppendConnection connection, in LogRow row, in LogTail expected, bool asksForTurn, out bool isInserted)
    {
        isInserted = false;
        try
        {
            isInserted = connection.Insert(row, expected, asksForTurn && !_isUnknown);
            _isUnknown = false;
            return null;
        }
        catch (Exception failure) when (PostgresFailures.IsUnavailable(failure))
        {
            // Whatever it was: a server that has become a standby refuses all writes, and another has taken over.
            Close();
            if (PostgresFailures.IsKnownNotDone(failure))
                throw PostgresFailures.Of(failure, $"row {row.Position} cannot be appended");
            _isUnknown = true;
            return failure;
        }
    }

    private T Ask<T>(LogTail after, Func<AppendConnection, LogTail, T> ask)
    {
        lock (_gate)
        {
            bool isFresh = _connection is null;
            while (true)
            {
                try
                {
                    return ask(Open(), after);
                }
                catch (Exception failure) when (PostgresFailures.IsUnavailable(failure))
                {
                    Close();
                    if (isFresh || !PostgresFailures.IsBroken(failure))
                        throw PostgresFailures.Of(failure, "the log cannot be read");
                    isFresh = true;
                }
            }
        }
    }

    private AppendConnection Open()
    {
        try
        {
            return _connection ??= AppendConnection.Open(source, turnKey, limits);
        }
        catch (Exception failure) when (PostgresFailures.IsUnavailable(failure))
        {
            throw PostgresFailures.Of(failure, "the database cannot be reached");
        }
    }

    private void Close()
    {
        _connection?.Dispose();
        _connection = null;
    }
}
