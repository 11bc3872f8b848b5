using System.Diagnostics;
using static SQLitePCL.raw;

namespace Coordination.Storage.Sqlite;

/// <summary>The log in a SQLite file.</summary>
/// <remarks>Calls run to their end on the caller's thread, an append with its sync to the disk. After an I/O error every
/// call throws <see cref="LogCorruptException"/>: what the disk holds is known only to a process that starts anew.</remarks>
public sealed class SqliteLog : ILog
{
    private const int DefaultWalLimitPages = 2048;
    private const int AppendCacheKilobytes = 2048;
    private const int ReaderCacheKilobytes = 512;
    private const int CheckedRowsAtOpen = 16;
    private const int CheckedBytesAtOpen = 4 << 20;
    private const int CopyAttempts = 8;
    private const int TrimmedRows = 256;
    private const int TrimmedBytes = 1 << 20;

    // Above this, the statement does not keep its copy of a body until the next one.
    private const int KeptBodyLength = 1 << 20;

    private readonly string _path;
    private readonly FailureLatch _latch = new();
    private readonly Lock _appendGate = new();
    private readonly Lock _tailGate = new();
    private readonly SqliteDatabase _appender;
    private readonly SqliteStatement _appendFirst;
    private readonly SqliteStatement _appendNext;
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _commit;
    private readonly SqliteStatement _forget;
    private readonly SqliteStatement _delete;
    private readonly SqliteStatement _confirm;
    private readonly LogReader _appended;
    private readonly LogReader _tailReader;
    private readonly WalKeeper _walKeeper;
    private LogReader? _spareReader;
    private volatile bool _disposed;

    private SqliteLog(string path, bool sole, int walLimitPages)
    {
        _path = path;
        _appender = SqliteDatabase.Open(path, SqliteAccess.WriteSynced, AppendCacheKilobytes);
        try
        {
            LogFile.Format.Check(_appender);
            // What a killed process wrote but did not sync is in the kernel's memory, and would be read as durable.
            int walLength = sole ? _appender.CheckpointWal().Length : 0;
            const string append = "INSERT INTO log SELECT ?1, ?2, ?3, ?4, ?5 WHERE ";
            const string unlessTaken = " ON CONFLICT (position) DO NOTHING";
            _appendFirst = _appender.Prepare($"{append} NOT EXISTS (SELECT 1 FROM log) {unlessTaken}");
            _appendNext = _appender.Prepare(
                $"{append} EXISTS (SELECT 1 FROM log WHERE position = ?1 - 1 AND checksum = ?6) {unlessTaken}");
            _begin = _appender.Prepare("BEGIN IMMEDIATE");
            _commit = _appender.Prepare("COMMIT");
            _forget = _appender.Prepare(
                """
                UPDATE state SET forgotten_position = ?1, forgotten_zxid = ?2, forgotten_checksum = ?3
                WHERE forgotten_position < ?1
                """);
            _delete = _appender.Prepare("DELETE FROM log WHERE position <= ?1");
            _confirm = _appender.Prepare(
                "UPDATE state SET confirmed_position = coalesce((SELECT max(position) FROM log), 0)");

            _appended = new LogReader(_appender);
            Incarnation = _appended.ReadState().Incarnation;
            var tail = _appended.CheckEnds(CheckedRowsAtOpen, CheckedBytesAtOpen);
            if (sole && WalRemains.HoldLostCommits(path, walLength))
            {
                throw new LogCorruptException(
                    $"{path}-wal is damaged: the log has rows after position {tail.Position}, and they cannot be read");
            }
            _tailReader = OpenReader();
            _walKeeper = new WalKeeper(
                SqliteDatabase.Open(path, SqliteAccess.WriteSynced, ReaderCacheKilobytes), _latch, CopyRest, walLimitPages);
        }
        catch
        {
            _appender.TouchNothingOnClose();
            _tailReader?.Dispose();
            _appender.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public Guid Incarnation { get; }

    /// <summary>Makes an empty log in a new file.</summary>
    /// <param name="path">The file; its folder must be there, it must not.</param>
    /// <param name="incarnation">Names the new history.</param>
    public static void Create(string path, Guid incarnation) => LogFile.Create(path, incarnation);

    /// <summary>Opens a log that several in this process may use at a time, as compare-and-append allows.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="DataFolderException">The file is foreign, newer, missing or not writable.</exception>
    /// <exception cref="LogCorruptException">The log's first or last rows are corrupt, or its end is lost.</exception>
    /// <remarks>A process that owns its data opens it as a <see cref="DataFolder"/>, which also sees to what a process
    /// that was killed left behind.</remarks>
    public static SqliteLog Open(string path) => new(path, sole: false, DefaultWalLimitPages);

    internal static SqliteLog OpenSole(string path, int walLimitPages = DefaultWalLimitPages) =>
        new(path, sole: true, walLimitPages);

    /// <inheritdoc/>
    public ValueTask<long> ReadFirstPositionAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(ReadForgotten().Position + 1);
    }

    /// <inheritdoc/>
    public ValueTask<LogTail> ReadTailAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_tailGate)
        {
            ThrowIfUnusable();
            return ValueTask.FromResult(_tailReader.ReadTail());
        }
    }

    /// <inheritdoc/>
    public ValueTask<bool> AppendAsync(LogRow row, LogTail expected)
    {
        CheckArguments(row, expected);
        lock (_appendGate)
        {
            ThrowIfUnusable();
            return ValueTask.FromResult(TryInsert(row, expected) || IsInPlace(row, expected));
        }
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<LogRow> ReadAsync(LogTail after, CancellationToken cancellationToken) =>
        Read(after, cancellationToken).ToAsyncEnumerable();

    /// <inheritdoc/>
    public ValueTask<bool> TrimAsync(long firstKept, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var reader = RentReader();
        try
        {
            long tail = reader.ReadTail().Position;
            firstKept = Math.Min(firstKept, tail);
            if (reader.LastToTrim(firstKept, TrimmedRows, TrimmedBytes) is not { } last)
                return ValueTask.FromResult(false);
            lock (_appendGate)
            {
                ThrowIfUnusable();
                Trim(last);
            }
            return ValueTask.FromResult(last.Position < firstKept - 1);
        }
        finally
        {
            Return(reader);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Close();
        return ValueTask.CompletedTask;
    }

    /// <summary>Closes the file and leaves it as it is.</summary>
    internal void Abandon(Exception reason)
    {
        _latch.Set(reason);
        Close();
    }

    /// <summary>Checks that a prefix is one of this log, and that what follows it is kept.</summary>
    /// <exception cref="LogHistoryChangedException">It is not.</exception>
    internal void CheckPrefix(LogTail prefix)
    {
        lock (_tailGate)
        {
            ThrowIfUnusable();
            _tailReader.CheckPrefix(prefix);
        }
    }

    /// <summary>The last row that was trimmed off.</summary>
    internal LogTail ReadForgotten()
    {
        lock (_tailGate)
        {
            ThrowIfUnusable();
            return _tailReader.ReadState().Forgotten;
        }
    }

    /// <summary>Keeps the file from growing beyond a number of pages, as a full disk would.</summary>
    internal void LimitPages(int pages)
    {
        lock (_appendGate)
            _appender.Execute($"PRAGMA max_page_count = {pages}");
    }

    private void Close()
    {
        if (_disposed)
            return;
        _walKeeper.Dispose();
        lock (_appendGate)
        {
            lock (_tailGate)
            {
                if (_disposed)
                    return;
                _disposed = true;
                Interlocked.Exchange(ref _spareReader, null)?.Dispose();
                _tailReader.Dispose();
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
                    _appender.TouchNothingOnClose();
                _appender.Dispose();
            }
        }
    }

    private static void CheckArguments(in LogRow row, in LogTail expected)
    {
        if (row.Position != expected.Position + 1)
            throw new ArgumentException($"row {row.Position} cannot follow row {expected.Position}", nameof(row));
        if (expected.Position < 0 || (expected.Position == 0 && expected != default))
            throw new ArgumentException("no such tail can be", nameof(expected));
        if (row.Body.Length is 0 or > LogRow.MaxBodyLength)
            throw new ArgumentException($"a body of {row.Body.Length} bytes cannot be appended", nameof(row));
        if (row.FirstZxid <= expected.LastZxid || row.LastZxid < row.FirstZxid)
            throw new ArgumentException("the row's zxids do not follow those of the tail", nameof(row));
        Debug.Assert(
            row == expected.Next(row.FirstZxid, row.LastZxid, row.Body), "the row's checksum is not chained to the tail");
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
        if (sqlite3_changes(_appender.Handle) == 0)
            return false;
        _walKeeper.Committed(_appender.TakePagesWritten());
        return true;
    }

    /// <summary>Whether the row that was not inserted stands in its place already.</summary>
    private bool IsInPlace(in LogRow row, in LogTail expected)
    {
        if (_appended.TryReadAt(row.Position) is { } there)
            return there.Checksum == row.Checksum;
        if (_appended.ReadState().Forgotten.Position >= row.Position)
        {
            throw new LogHistoryChangedException(
                $"{_path}: the row at position {row.Position} was trimmed off, so which it was cannot be told");
        }
        if (_appended.ReadTail().Checksum != expected.Checksum)
            return false;

        // Another writer may have appended the predecessor just now; otherwise the file contradicts itself.
        if (TryInsert(row, expected) || _appended.TryReadAt(row.Position)?.Checksum == row.Checksum)
            return true;
        if (_appended.ReadTail().Checksum == expected.Checksum)
            _latch.Fail(new LogCorruptException($"{_path}: the row at position {expected.Position} is not found by its key"));
        return false;
    }

    /// <summary>What to throw after an append that failed.</summary>
    private Exception NotAppended(int result, SqliteStatement statement, in LogRow row)
    {
        var failure = _appender.Failure(result, $"appending position {row.Position}");
        statement.Reset();
        try
        {
            // A full disk and a busy file are the only failures of which it is known that no commit was written.
            if (failure is LogUnavailableException
                && sqlite3_get_autocommit(_appender.Handle) != 0
                && _appended.TryReadAt(row.Position)?.Checksum != row.Checksum)
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

    private void Trim(LogTail last)
    {
        try
        {
            _begin.Run();
            // Another that uses the file may have trimmed further meanwhile.
            _forget.Bind(1, last.Position);
            _forget.Bind(2, last.LastZxid);
            _forget.Bind(3, last.Checksum);
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
            if (sqlite3_get_autocommit(_appender.Handle) == 0)
                _appender.Execute("ROLLBACK");
            throw;
        }
        _walKeeper.Committed(_appender.TakePagesWritten());
    }

    /// <summary>Copies what is left of the WAL, on the appender's thread, so that no append can come in between.</summary>
    /// <returns>Whether the next append starts the WAL anew.</returns>
    private bool CopyRest()
    {
        _confirm.Run();
        for (int attempt = 0; attempt < CopyAttempts; attempt++)
        {
            // A reader that began before the last commit stands in the way, for as long as it takes to read a row.
            var (length, copied) = _appender.CheckpointWal();
            if (length == copied)
                return true;
        }
        return false;
    }

    private IEnumerable<LogRow> Read(LogTail after, CancellationToken cancellationToken)
    {
        var reader = RentReader();
        try
        {
            long through = reader.CheckPrefix(after).Position;
            var chunk = new List<LogRow>();
            while (after.Position < through)
            {
                cancellationToken.ThrowIfCancellationRequested();
                ThrowIfUnusable();
                chunk.Clear();
                reader.ReadChunk(after, through, chunk);
                foreach (var row in chunk)
                    yield return row;
                after = chunk[^1].AsTail();
            }
        }
        finally
        {
            Return(reader);
        }
    }

    private LogReader RentReader()
    {
        ThrowIfUnusable();
        return Interlocked.Exchange(ref _spareReader, null) ?? OpenReader();
    }

    private void Return(LogReader reader)
    {
        if (Interlocked.CompareExchange(ref _spareReader, reader, null) is not null)
            reader.Dispose();
        if (_disposed)
            Interlocked.Exchange(ref _spareReader, null)?.Dispose();
    }

    private LogReader OpenReader() => new(SqliteDatabase.Open(_path, SqliteAccess.Read, ReaderCacheKilobytes));

    private void ThrowIfUnusable()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _latch.ThrowIfSet();
    }
}
