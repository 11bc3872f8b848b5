using System.Diagnostics;

namespace Coordination.Storage.Sqlite;

/// <summary>The log in a SQLite file.</summary>
/// <remarks>Calls run to their end on the caller's thread, an append with its sync to the disk. After an I/O error every
/// call throws <see cref="LogCorruptException"/>: what the disk holds is known only to a process that starts anew.</remarks>
public sealed class SqliteLog : ILog
{
    private const int DefaultWalLimitPages = 2048;
    private const int ReaderCacheKilobytes = 512;
    private const int TrimmedRows = 256;
    private const int TrimmedBytes = 1 << 20;

    private readonly string _path;
    private readonly FailureLatch _latch = new();
    private readonly Lock _appendGate = new();
    private readonly LogAppender _appender;
    private readonly Lock _tailGate = new();
    private readonly LogReader _tailReader;
    private LogReader? _spareReader;
    private volatile bool _disposed;

    private SqliteLog(string path, int walLimitPages)
    {
        _path = path;
        _appender = new LogAppender(path, _latch, walLimitPages);
        try
        {
            _tailReader = OpenReader();
        }
        catch (Exception failure)
        {
            _latch.Set(failure);
            _appender.StopKeeper();
            _appender.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public Guid Incarnation => _appender.Incarnation;

    /// <inheritdoc/>
    public bool IsShared => false;

    /// <summary>Makes an empty log in a new file.</summary>
    /// <param name="path">The file; its folder must be there, it must not.</param>
    /// <param name="incarnation">Names the new history.</param>
    public static void Create(string path, Guid incarnation) => LogFile.Create(path, incarnation);

    /// <summary>Opens a log that several in this process may use at a time, as compare-and-append allows.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="DataFolderException">The file is foreign, newer, missing or not writable.</exception>
    /// <exception cref="LogCorruptException">The log's first or last rows are corrupt, or its end is lost.</exception>
    /// <remarks>For tests of two writers. A process that owns its data opens it as a <see cref="DataFolder"/>, which
    /// keeps others out, and sees to what a process that was killed left behind.</remarks>
    public static SqliteLog Open(string path) => new(path, DefaultWalLimitPages);

    internal static SqliteLog Open(string path, int walLimitPages) => new(path, walLimitPages);

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
    public ValueTask<LogTail?> ReadTailAtAsync(long position, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_tailGate)
        {
            ThrowIfUnusable();
            var here = _tailReader.TryReadAt(position);
            var forgotten = _tailReader.ReadState().Forgotten;
            return ValueTask.FromResult(
                position == forgotten.Position ? forgotten : position > forgotten.Position ? here : null);
        }
    }

    /// <inheritdoc/>
    public ValueTask<bool> AppendAsync(LogRow row, LogTail expected)
    {
        CheckArguments(row, expected);
        lock (_appendGate)
        {
            ThrowIfUnusable();
            return ValueTask.FromResult(_appender.Append(row, expected));
        }
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<LogRow> ReadAsync(LogTail after, CancellationToken cancellationToken) =>
        Read(after, cancellationToken).ToAsyncEnumerable();

    /// <inheritdoc/>
    public ValueTask<long> FindFirstOfLastAsync(long bytes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var reader = RentReader();
        try
        {
            return ValueTask.FromResult(reader.FirstOfLast(bytes));
        }
        finally
        {
            Return(reader);
        }
    }

    /// <inheritdoc/>
    public ValueTask<bool> TrimAsync(long firstKept, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var reader = RentReader();
        try
        {
            firstKept = Math.Min(firstKept, reader.ReadTail().Position);
            if (reader.LastToTrim(firstKept, TrimmedRows, TrimmedBytes) is not { } last)
                return ValueTask.FromResult(false);
            lock (_appendGate)
            {
                ThrowIfUnusable();
                _appender.Trim(last);
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

    /// <inheritdoc cref="LogAppender.TakeOver"/>
    internal void TakeOver()
    {
        lock (_appendGate)
        {
            ThrowIfUnusable();
            _appender.TakeOver();
        }
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

    /// <inheritdoc cref="LogAppender.LimitPages"/>
    internal void LimitPages(int pages)
    {
        lock (_appendGate)
            _appender.LimitPages(pages);
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

    private void Close()
    {
        if (_disposed)
            return;
        _appender.StopKeeper();
        lock (_appendGate)
        {
            lock (_tailGate)
            {
                if (_disposed)
                    return;
                _disposed = true;
                Interlocked.Exchange(ref _spareReader, null)?.Dispose();
                _tailReader.Dispose();
                _appender.Dispose();
            }
        }
    }

    private void ThrowIfUnusable()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _latch.ThrowIfSet();
    }
}
