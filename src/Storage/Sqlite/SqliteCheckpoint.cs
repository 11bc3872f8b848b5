using Coordination.Engine.Checkpoint;
using static SQLitePCL.raw;

namespace Coordination.Storage.Sqlite;

/// <summary>The checkpoint in a SQLite file.</summary>
/// <remarks>Calls run to their end on the caller's thread. An advance is not synced to the disk: it is durable, together
/// with all before it, once <see cref="FlushAsync"/> returns. A load sees one moment while advances go on; the WAL
/// grows for as long as it takes.</remarks>
public sealed class SqliteCheckpoint : ICheckpoint
{
    private const int WriterCacheKilobytes = 4096;
    private const int ReaderCacheKilobytes = 1024;
    private const int WalLimitPages = 4096;
    private const int RowsBetweenRests = 256;

    private readonly string _path;
    private readonly FailureLatch _latch = new();
    private readonly Lock _writeGate = new();
    private readonly SqliteDatabase _database;
    private CheckpointReader _reader;
    private CheckpointWriter? _writer;
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _commit;
    private readonly SqliteDatabase _flusher;
    private readonly SqliteStatement _flush;
    private int _walPages;
    private volatile bool _disposed;

    private SqliteCheckpoint(string path)
    {
        _path = path;
        _database = SqliteDatabase.Open(path, SqliteAccess.WriteUnsynced, WriterCacheKilobytes);
        try
        {
            CheckpointFile.Format.Check(_database);
            _reader = new CheckpointReader(_database);
            _begin = _database.Prepare("BEGIN IMMEDIATE");
            _commit = _database.Prepare("COMMIT");
            Incarnation = _reader.ReadState().Incarnation;
            _flusher = SqliteDatabase.Open(path, SqliteAccess.WriteSynced, cacheKilobytes: 64);
            _flush = _flusher.Prepare("UPDATE state SET flushes = flushes + 1");
        }
        catch
        {
            _flusher?.TouchNothingOnClose();
            _flusher?.Dispose();
            _database.TouchNothingOnClose();
            _database.Dispose();
            throw;
        }
    }

    /// <summary>Names the history of the log that this is a checkpoint of.</summary>
    public Guid Incarnation { get; }

    /// <summary>Makes a checkpoint in a new file.</summary>
    /// <param name="path">The file; its folder must be there, it must not.</param>
    /// <param name="incarnation">Names the history of the log that it belongs to.</param>
    /// <param name="state">What it is a picture of: the beginning of the log.</param>
    /// <param name="znodes">The znodes that are there from the beginning, as <see cref="ZnodeChangeKind.Put"/>.</param>
    public static void Create(
        string path, Guid incarnation, CheckpointState state, IEnumerable<ZnodeChange> znodes) =>
        CheckpointFile.Create(path, incarnation, state, znodes);

    /// <summary>Opens a checkpoint that several in this process may use at a time.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="DataFolderException">The file is foreign, newer, missing or not writable.</exception>
    /// <exception cref="LogCorruptException">The file is corrupt.</exception>
    public static SqliteCheckpoint Open(string path) => new(path);

    /// <inheritdoc/>
    public ValueTask<CheckpointState> ReadStateAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(ReadState());
    }

    /// <inheritdoc/>
    public ValueTask<CheckpointState> LoadAsync(ICheckpointReceiver receiver, CancellationToken cancellationToken)
    {
        try
        {
            lock (_writeGate)
            {
                ThrowIfUnusable();
                BringUpToDate();
            }
            using var reader = new CheckpointReader(SqliteDatabase.Open(_path, SqliteAccess.Read, ReaderCacheKilobytes));
            return ValueTask.FromResult(reader.Load(receiver, cancellationToken));
        }
        catch (Exception failure) when (failure is not (OperationCanceledException or LogUnavailableException))
        {
            // Whether we or the receiver found out: what is in the file cannot be.
            _latch.Set(failure);
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask<bool> AdvanceAsync(CheckpointDelta delta, CancellationToken cancellationToken)
    {
        // In the order of the table, each page is changed once.
        var znodes = delta.Znodes.ToArray();
        Array.Sort(znodes, static (one, other) => one.Path.Span.SequenceCompareTo(other.Path.Span));
        cancellationToken.ThrowIfCancellationRequested();
        lock (_writeGate)
        {
            ThrowIfUnusable();
            try
            {
                var writer = BringUpToDate();
                _begin.Run();
                var row = _reader.ReadState();
                if (!IsAt(delta.Base, row.State))
                {
                    RollBack();
                    return ValueTask.FromResult(false);
                }
                writer.Begin(row);
                for (int i = 0; i < znodes.Length; i++)
                {
                    writer.Write(znodes[i]);
                    // Nobody waits for a checkpoint, so it leaves the processor to those that somebody waits for.
                    if (i % RowsBetweenRests == RowsBetweenRests - 1)
                        Thread.Sleep(1);
                }
                foreach (var (id, session) in delta.Sessions)
                    writer.Write(id, session);
                foreach (var (id, answers) in delta.Answers)
                    writer.WriteAnswers(id, answers);
                foreach (var (name, next) in delta.Counters)
                    writer.WriteCounter(name, next);
                foreach (var (identity, batchNumber) in delta.SiloBatches)
                    writer.WriteSiloBatch(identity, batchNumber);
                writer.Move(delta.Target);
                _commit.Run();
            }
            catch (Exception failure)
            {
                RollBack();
                if (failure is LogCorruptException)
                    _latch.Set(failure);
                throw;
            }
            _walPages += _database.TakePagesWritten();
            CopyWalIfLong();
            return ValueTask.FromResult(true);
        }
    }

    /// <inheritdoc/>
    public ValueTask<CheckpointState> FlushAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_writeGate)
        {
            ThrowIfUnusable();
            CheckpointState state;
            try
            {
                // The sync of this commit takes with it all that stands before it in the WAL. A WAL checkpoint would
                // not do: where a reader stands in its way, it syncs nothing.
                state = _reader.ReadState().State;
                _flush.Run();
            }
            catch (LogCorruptException failure)
            {
                _latch.Set(failure);
                throw;
            }
            CopyWalIfLong();
            return ValueTask.FromResult(state);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Close();
        return ValueTask.CompletedTask;
    }

    private void Close()
    {
        lock (_writeGate)
        {
            if (_disposed)
                return;
            _disposed = true;
            if (_latch.IsSet)
            {
                _flusher.TouchNothingOnClose();
                _database.TouchNothingOnClose();
            }
            _flusher.Dispose();
            _database.Dispose();
        }
    }

    internal CheckpointState ReadState()
    {
        lock (_writeGate)
        {
            ThrowIfUnusable();
            return _reader.ReadState().State;
        }
    }

    /// <summary>Closes the file and leaves it as it is.</summary>
    internal void Abandon(Exception reason)
    {
        _latch.Set(reason);
        Close();
    }

    private static bool IsAt(in CheckpointState expected, in CheckpointState state) =>
        (expected.Position, expected.Zxid, expected.Checksum) == (state.Position, state.Zxid, state.Checksum);

    /// <summary>Brings a file of the former format to the present one. Not opening it does that, but the first use: whoever
    /// opens the folder may yet find that its files do not belong together, and leaves them as they are.</summary>
    private CheckpointWriter BringUpToDate()
    {
        if (_writer is not null)
            return _writer;
        try
        {
            if (FormerCheckpoint.TryBringUpToDate(_database))
                _walPages += _database.TakePagesWritten();
        }
        catch
        {
            RollBack();
            throw;
        }
        // Another connection may have done it meanwhile.
        _reader = new CheckpointReader(_database);
        _writer = new CheckpointWriter(_database);
        CopyWalIfLong();
        return _writer;
    }

    /// <summary>Copies the WAL into the file. Called under the gate, so that no commit runs meanwhile.</summary>
    private void CopyWalIfLong()
    {
        if (_walPages < WalLimitPages)
            return;
        try
        {
            _flusher.CheckpointWal();
        }
        catch (LogUnavailableException)
        {
            // A full disk does not undo what was committed. The WAL grows until the disk has room.
        }
        catch (LogCorruptException failure)
        {
            _latch.Set(failure);
            throw;
        }
        _walPages = 0;
    }

    private void RollBack()
    {
        if (sqlite3_get_autocommit(_database.Handle) == 0)
            _database.Execute("ROLLBACK");
    }

    private void ThrowIfUnusable()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _latch.ThrowIfSet();
    }
}
