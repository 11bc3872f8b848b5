using static SQLitePCL.raw;

namespace Coordination.Storage.Sqlite;

/// <summary>Writes the log over the one connection that does. Whoever uses it has the lock.</summary>
internal sealed class LogAppender : IDisposable
{
    private const int CacheKilobytes = 2048;
    private const int KeeperCacheKilobytes = 64;
    private const int CheckedRowsAtOpen = 16;
    private const int CheckedBytesAtOpen = 4 << 20;
    private const int CopyAttempts = 8;

    // Above this, the statement does not keep its copy of a body until the next one.
    private const int KeptBodyLength = 1 << 20;

    private readonly SqliteDatabase _database;
    private readonly FailureLatch _latch;
    private readonly LogReader _reader;
    private readonly SqliteStatement _appendFirst;
    private readonly SqliteStatement _appendNext;
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _commit;
    private readonly SqliteStatement _forget;
    private readonly SqliteStatement _delete;
    private readonly SqliteStatement _confirm;
    private readonly WalKeeper _walKeeper;

    public LogAppender(string path, FailureLatch latch, int walLimitPages)
    {
        _latch = latch;
        _database = SqliteDatabase.Open(path, SqliteAccess.WriteSynced, CacheKilobytes);
        try
        {
            LogFile.Format.Check(_database);
            _reader = new LogReader(_database);
            const string append = "INSERT INTO log SELECT ?1, ?2, ?3, ?4, ?5 WHERE ";
            const string unlessTaken = " ON CONFLICT (position) DO NOTHING";
            _appendFirst = _database.Prepare($"{append} NOT EXISTS (SELECT 1 FROM log) {unlessTaken}");
            _appendNext = _database.Prepare(
                $"{append} EXISTS (SELECT 1 FROM log WHERE position = ?1 - 1 AND checksum = ?6) {unlessTaken}");
            _begin = _database.Prepare("BEGIN IMMEDIATE");
            _commit = _database.Prepare("COMMIT");
            _forget = _database.Prepare(
                """
                UPDATE state SET forgotten_position = ?1, forgotten_zxid = ?2, forgotten_checksum = ?3
                WHERE forgotten_position < ?1
                """);
            _delete = _database.Prepare("DELETE FROM log WHERE position <= ?1");
            _confirm = _database.Prepare(
                "UPDATE state SET confirmed_position = coalesce((SELECT max(position) FROM log), 0)");

            _reader.CheckEnds(CheckedRowsAtOpen, CheckedBytesAtOpen);
            Incarnation = _reader.ReadState().Incarnation;
            _walKeeper = new WalKeeper(
                SqliteDatabase.Open(path, SqliteAccess.WriteSynced, KeeperCacheKilobytes), latch, CopyRest, walLimitPages);
        }
        catch
        {
            _database.TouchNothingOnClose();
            _database.Dispose();
            throw;
        }
    }

    public Guid Incarnation { get; }

    /// <inheritdoc cref="ILog.AppendAsync"/>
    public bool Append(in LogRow row, in LogTail expected) => TryInsert(row, expected) || IsInPlace(row, expected);

    /// <summary>Forgets the rows up to one.</summary>
    public void Trim(LogTail last)
    {
        try
        {
            _begin.Run();
            _forget.Bind(1, last.Position);
            _forget.Bind(2, last.LastZxid);
            _forget.Bind(3, last.Checksum);
            // Another that uses the file may have trimmed further meanwhile.
            if (_forget.RunAndCount() != 0)
            {
                _delete.Bind(1, last.Position);
                _delete.Run();
            }
            _commit.Run();
        }
        catch (Exception failure)
        {
            if (failure is not LogUnavailableException)
                _latch.Fail(failure);
            if (sqlite3_get_autocommit(_database.Handle) == 0)
                _database.Execute("ROLLBACK");
            throw;
        }
        _walKeeper.Committed(_database.TakePagesWritten());
    }

    /// <summary>Takes over what a process that was killed left behind. Nobody else may be using the file.</summary>
    /// <exception cref="LogCorruptException">Rows that were durable are lost.</exception>
    public void TakeOver()
    {
        // What a killed process wrote but did not sync is in the kernel's memory, and would be read as durable.
        int walLength = _database.CheckpointWal().Length;
        if (WalRemains.HoldLostCommits(_database.Path, walLength))
        {
            throw new LogCorruptException(
                $"{_database.Path}-wal is damaged: rows after position {_reader.ReadTail().Position} are lost");
        }
    }

    /// <summary>Keeps the file from growing beyond a number of pages, as a full disk would.</summary>
    public void LimitPages(int pages) => _database.Execute($"PRAGMA max_page_count = {pages}");

    /// <summary>Stops copying the WAL. Called without the lock, which the thread that copies never has.</summary>
    public void StopKeeper() => _walKeeper.Dispose();

    /// <summary>Closes the file; after a failure, it leaves it as it is.</summary>
    public void Dispose()
    {
        try
        {
            if (!_latch.IsSet)
                _confirm.Run();
        }
        catch (Exception failure) when (failure is LogUnavailableException or LogCorruptException)
        {
            _latch.Set(failure);
        }
        if (_latch.IsSet)
            _database.TouchNothingOnClose();
        _database.Dispose();
    }

    private bool TryInsert(in LogRow row, in LogTail expected)
    {
        var statement = expected.Position == 0 ? _appendFirst : _appendNext;
        statement.Bind(1, row.Position);
        statement.Bind(2, row.FirstZxid);
        statement.Bind(3, row.LastZxid);
        statement.Bind(4, row.Checksum);
        statement.Bind(5, row.Body.Span);
        if (expected.Position > 0)
            statement.Bind(6, expected.Checksum);

        int result = sqlite3_step(statement.Handle);
        if (result != SQLITE_DONE)
            throw NotAppended(result, statement, row);
        statement.Reset();
        if (row.Body.Length > KeptBodyLength)
            statement.ClearBindings();
        if (sqlite3_changes(_database.Handle) == 0)
            return false;
        _walKeeper.Committed(_database.TakePagesWritten());
        return true;
    }

    /// <summary>Whether the row that was not inserted stands in its place already.</summary>
    private bool IsInPlace(in LogRow row, in LogTail expected)
    {
        if (_reader.TryReadAt(row.Position) is { } there)
            return there.Checksum == row.Checksum;
        if (_reader.ReadState().Forgotten.Position >= row.Position)
        {
            throw new LogHistoryChangedException(
                $"{_database.Path}: the row at position {row.Position} was trimmed off, so which it was cannot be told");
        }
        if (_reader.ReadTail().Checksum != expected.Checksum)
            return false;

        // Another writer may have appended the predecessor just now; otherwise the file contradicts itself.
        if (TryInsert(row, expected) || _reader.TryReadAt(row.Position)?.Checksum == row.Checksum)
            return true;
        if (_reader.ReadTail().Checksum == expected.Checksum)
        {
            _latch.Fail(new LogCorruptException(
                $"{_database.Path}: the row at position {expected.Position} is not found by its key"));
        }
        return false;
    }

    /// <summary>What to throw after an append that failed.</summary>
    private Exception NotAppended(int result, SqliteStatement statement, in LogRow row)
    {
        var failure = _database.Failure(result, $"appending position {row.Position}");
        statement.Reset();
        try
        {
            // A full disk and a busy file are the only failures of which it is known that no commit was written.
            if (failure is LogUnavailableException
                && sqlite3_get_autocommit(_database.Handle) != 0
                && _reader.TryReadAt(row.Position)?.Checksum != row.Checksum)
            {
                return failure;
            }
        }
        catch (LogCorruptException second)
        {
            failure = second;
        }
        _latch.Set(failure);
        return new LogCorruptException($"the log is stopped: {failure.Message}", failure);
    }

    /// <summary>Copies what is left of the WAL, on the thread that commits, so that no commit can come in between.</summary>
    /// <returns>Whether the next commit starts the WAL anew.</returns>
    private bool CopyRest()
    {
        _confirm.Run();
        for (int attempt = 0; attempt < CopyAttempts; attempt++)
        {
            // A reader that began before the last commit stands in the way, for as long as it takes to read a row.
            var (length, copied) = _database.CheckpointWal();
            if (length == copied)
                return true;
        }
        return false;
    }
}
