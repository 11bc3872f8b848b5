namespace Coordination.Storage.Sqlite;

/// <summary>Reads the log over one connection. Whoever uses it has a lock, or it to himself.</summary>
internal sealed class LogReader : IDisposable
{
    // A read holds the WAL where it is and a chunk in memory, so it is kept short.
    private const int ChunkRows = 256;
    private const int ChunkBytes = 1 << 20;

    private readonly SqliteDatabase _database;
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _end;
    private readonly SqliteStatement _tail;
    private readonly SqliteStatement _state;
    private readonly SqliteStatement _row;
    private readonly SqliteStatement _rows;
    private readonly SqliteStatement _lengths;

    public LogReader(SqliteDatabase database)
    {
        _database = database;
        _begin = database.Prepare("BEGIN");
        _end = database.Prepare("COMMIT");
        _tail = database.Prepare("SELECT position, last_zxid, checksum FROM log ORDER BY position DESC LIMIT 1");
        _state = database.Prepare(
            "SELECT incarnation, forgotten_position, forgotten_zxid, forgotten_checksum, confirmed_position FROM state");
        _row = database.Prepare("SELECT last_zxid, checksum FROM log WHERE position = ?1");
        _rows = database.Prepare(
            """
            SELECT position, first_zxid, last_zxid, checksum, body FROM log
            WHERE position > ?1 AND position <= ?2 ORDER BY position
            """);
        _lengths = database.Prepare(
            "SELECT position, length(body) FROM log WHERE position <= ?1 ORDER BY position DESC LIMIT ?2");
    }

    /// <summary>The log's tail; the default for an empty log.</summary>
    public LogTail ReadTail()
    {
        try
        {
            return _tail.Step() ? new LogTail(_tail.Number(0), _tail.Number(1), _tail.Checksum(2)) : default;
        }
        finally
        {
            _tail.Reset();
        }
    }

    public LogState ReadState()
    {
        try
        {
            return _state.Step()
                ? new LogState(
                    _state.Identity(0),
                    new LogTail(_state.Number(1), _state.Number(2), _state.Checksum(3)),
                    _state.Number(4))
                : throw new LogCorruptException($"{_database.Path}: the row of the table state is missing");
        }
        finally
        {
            _state.Reset();
        }
    }

    /// <summary>The log as it was when the row at a position was the last; null where no row stands there.</summary>
    public LogTail? TryReadAt(long position)
    {
        _row.Bind(1, position);
        try
        {
            return _row.Step() ? new LogTail(position, _row.Number(0), _row.Checksum(1)) : null;
        }
        finally
        {
            _row.Reset();
        }
    }

    /// <summary>Checks that a prefix that somebody has applied is one of this log, and that what follows it is kept.</summary>
    /// <returns>The log's tail.</returns>
    /// <exception cref="LogHistoryChangedException">It is not.</exception>
    /// <exception cref="LogCorruptException">The row at its end is corrupt.</exception>
    public LogTail CheckPrefix(LogTail prefix) => InOneRead(() =>
    {
        var tail = ReadTail();
        var forgotten = ReadState().Forgotten;
        if (prefix.Position > tail.Position)
        {
            throw new LogHistoryChangedException(
                $"{_database.Path}: the log ends at position {tail.Position}, what was applied of it at {prefix.Position}");
        }
        if (prefix.Position < forgotten.Position)
            throw Forgotten(prefix.Position, forgotten);
        var here = prefix.Position == forgotten.Position ? forgotten : TryReadAt(prefix.Position);
        if (here is null)
            throw Missing(prefix.Position);
        if (here.Value.Checksum != prefix.Checksum)
        {
            // Either the row is damaged, or it is a sound row of another history: its own chain tells.
            if (prefix.Position > forgotten.Position)
                Verify(prefix.Position, forgotten);
            throw new LogHistoryChangedException(
                $"{_database.Path}: the row at position {prefix.Position} is not the one that was applied");
        }
        return tail;
    });

    /// <summary>Reads the next rows after a prefix, each checked against the chain: at least one.</summary>
    /// <param name="after">What the first row is chained to.</param>
    /// <param name="through">The last position to read; the log is known to reach it.</param>
    /// <param name="rows">Takes the rows.</param>
    public void ReadChunk(LogTail after, long through, List<LogRow> rows) => InOneRead(() =>
    {
        var forgotten = ReadState().Forgotten;
        if (after.Position < forgotten.Position)
            throw Forgotten(after.Position, forgotten);
        _rows.Bind(1, after.Position);
        _rows.Bind(2, through);
        long bytes = 0;
        try
        {
            while (after.Position < through && rows.Count < ChunkRows && bytes < ChunkBytes)
            {
                if (!Step(after.Position + 1) || _rows.Number(0) != after.Position + 1)
                    throw Missing(after.Position + 1);
                byte[] body = _rows.Bytes(4).ToArray();
                var row = after.Next(_rows.Number(1), _rows.Number(2), body);
                if (row.Checksum != _rows.Checksum(3) || body.Length == 0)
                    throw Damaged(row.Position);
                rows.Add(row);
                bytes += body.Length;
                after = row.AsTail();
            }
        }
        finally
        {
            _rows.Reset();
        }
        return 0;
    });

    /// <summary>Checks the first kept row and the last ones against the chain, and that the end is not lost.</summary>
    public LogTail CheckEnds(int rows, long bytes)
    {
        var tail = ReadTail();
        var (_, forgotten, confirmed) = ReadState();
        if (tail.Position < confirmed)
        {
            throw new LogCorruptException(
                $"{_database.Path}: the rows from position {tail.Position + 1} to {confirmed} are lost");
        }
        if (tail.Position <= forgotten.Position)
            return tail.Position == 0 && forgotten.Position == 0 ? tail : throw Missing(forgotten.Position);

        Verify(forgotten.Position + 1, forgotten);
        for (long position = FirstOfLast(tail.Position, rows, bytes); position <= tail.Position; position++)
        {
            if (position > forgotten.Position)
                Verify(position, forgotten);
        }
        return tail;
    }

    /// <summary>The first of the last rows that together take so many bytes.</summary>
    public long FirstOfLast(long bytes) => Math.Max(1, FirstOfLast(ReadTail().Position, int.MaxValue, bytes));

    /// <summary>The row up to which to trim, in one step that is bounded in rows and bytes.</summary>
    /// <param name="firstKept">The first position that must stay.</param>
    /// <param name="maxRows">The most rows to trim.</param>
    /// <param name="maxBytes">The most bytes of bodies to trim, but for the first row's.</param>
    /// <returns>The last row to trim; null for none.</returns>
    /// <remarks>Reads all of each row, so that the trim itself finds its pages in memory.</remarks>
    public LogTail? LastToTrim(long firstKept, int maxRows, long maxBytes)
    {
        LogTail? last = null;
        _rows.Bind(1, 0L);
        _rows.Bind(2, firstKept - 1);
        try
        {
            for (long bytes = 0; maxRows > 0 && bytes < maxBytes && _rows.Step(); maxRows--)
            {
                last = new LogTail(_rows.Number(0), _rows.Number(2), _rows.Checksum(3));
                bytes += _rows.Bytes(4).Length;
            }
        }
        finally
        {
            _rows.Reset();
        }
        return last;
    }

    public void Dispose() => _database.Dispose();

    private T InOneRead<T>(Func<T> read)
    {
        _begin.Run();
        try
        {
            return read();
        }
        finally
        {
            _end.Run();
        }
    }

    /// <summary>Checks one row against the one that it says it follows.</summary>
    private void Verify(long position, LogTail forgotten)
    {
        var before = position - 1 == forgotten.Position ? forgotten : TryReadAt(position - 1);
        if (before is null)
            throw Missing(position - 1);
        _rows.Bind(1, position - 1);
        _rows.Bind(2, position);
        try
        {
            if (!Step(position))
                throw Missing(position);
            var checksum = LogChecksum.Compute(
                before.Value.Checksum, position, _rows.Number(1), _rows.Number(2), _rows.Bytes(4));
            if (checksum != _rows.Checksum(3))
                throw Damaged(position);
        }
        finally
        {
            _rows.Reset();
        }
    }

    /// <summary>The first of the last rows, as many as the bounds allow and at least one.</summary>
    private long FirstOfLast(long tail, int rows, long bytes)
    {
        long first = tail;
        _lengths.Bind(1, tail);
        _lengths.Bind(2, rows);
        try
        {
            while (_lengths.Step() && (bytes -= _lengths.Number(1)) >= 0)
                first = _lengths.Number(0);
        }
        finally
        {
            _lengths.Reset();
        }
        return first;
    }

    private bool Step(long position)
    {
        try
        {
            return _rows.Step();
        }
        catch (LogCorruptException failure)
        {
            throw new LogCorruptException($"the row at position {position} cannot be read: {failure.Message}", failure);
        }
    }

    private LogCorruptException Missing(long position) =>
        new($"{_database.Path}: the row at position {position} is missing");

    private LogCorruptException Damaged(long position) =>
        new($"{_database.Path}: the row at position {position} is corrupt: it does not match its checksum");

    private LogHistoryChangedException Forgotten(long position, LogTail forgotten) =>
        new($"{_database.Path}: the rows up to position {forgotten.Position} were trimmed off, what was applied ends at {position}");
}
