using SQLitePCL;
using static SQLitePCL.raw;

namespace Coordination.Storage.Sqlite;

/// <summary>A connection to one SQLite file, set up as the log and the checkpoint need it.</summary>
/// <remarks>Straight on the C API: Microsoft.Data.Sqlite allocates several objects per command, and pools connections,
/// so that a closed one would keep its locks. Not safe for several threads at a time: whoever holds it has a lock.</remarks>
internal sealed class SqliteDatabase : IDisposable
{
    /// <summary>The page size of both files, in bytes: a commit of a small row writes one page.</summary>
    public const int PageSize = 4096;

    private const int ConfigNoCheckpointOnClose = 1006;
    private const int StatusPagesWritten = 9;

    // Nobody else writes in production, where the folder's lock keeps other processes out.
    private const int BusyTimeoutMilliseconds = 5000;

    // What SQLite says when the disk has no room for the WAL's index. Once open, it may come after a commit.
    private const int NoRoomForWalIndex = SQLITE_IOERR | (19 << 8);

    private readonly List<SqliteStatement> _statements = [];
    private bool _open;

    static SqliteDatabase() => Batteries_V2.Init();

    private SqliteDatabase(string path, sqlite3 handle)
    {
        Path = path;
        Handle = handle;
    }

    public string Path { get; }

    public sqlite3 Handle { get; }

    /// <summary>The file's name without its folder, for messages.</summary>
    public string Name => System.IO.Path.GetFileName(Path);

    /// <param name="path">The file.</param>
    /// <param name="access">What the connection is for.</param>
    /// <param name="cacheKilobytes">The most that its page cache holds between transactions.</param>
    public static SqliteDatabase Open(string path, SqliteAccess access, int cacheKilobytes)
    {
        int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
        if (access == SqliteAccess.Create)
            flags |= SQLITE_OPEN_CREATE;
        int result = sqlite3_open_v2(path, out var handle, flags, null);
        var database = new SqliteDatabase(path, handle);
        try
        {
            if (result != SQLITE_OK)
                throw database.Failure(result, "opening it");
            database.SetUp(access, cacheKilobytes);
            database._open = true;
            return database;
        }
        catch
        {
            database.TouchNothingOnClose();
            database.Dispose();
            throw;
        }
    }

    public SqliteStatement Prepare(string sql)
    {
        const uint kept = 1; // SQLITE_PREPARE_PERSISTENT: keeps it out of the connection's small lookaside memory
        int result = sqlite3_prepare_v3(Handle, sql, kept, out var handle);
        if (result != SQLITE_OK)
        {
            handle?.Dispose();
            throw Failure(result, "preparing a statement");
        }
        var statement = new SqliteStatement(this, handle);
        _statements.Add(statement);
        return statement;
    }

    public void Execute(string sql)
    {
        int result = sqlite3_exec(Handle, sql);
        if (result != SQLITE_OK)
            throw Failure(result, $"«{sql}»");
    }

    /// <summary>The first column of the first row, as text; null where there is no row.</summary>
    public string? QueryText(string sql)
    {
        int result = sqlite3_prepare_v2(Handle, sql, out var handle);
        using (handle)
        {
            if (result == SQLITE_OK)
                result = sqlite3_step(handle);
            return result switch
            {
                SQLITE_ROW => sqlite3_column_text(handle, 0).utf8_to_string(),
                SQLITE_DONE => null,
                _ => throw Failure(result, $"«{sql}»"),
            };
        }
    }

    /// <summary>How many pages this connection has written to the WAL since the last call.</summary>
    public int TakePagesWritten()
    {
        sqlite3_db_status(Handle, StatusPagesWritten, out int written, out _, resetFlg: 1);
        return written;
    }

    /// <summary>Copies what is in the WAL into the file and syncs both, as far as no reader stands in the way.</summary>
    /// <returns>The WAL's length in pages, and how many of them are in the file now.</returns>
    /// <remarks>SQLite before 3.51.3 can lose a commit that starts the WAL anew at the moment at which a checkpoint
    /// begins to look at a WAL that is already copied as a whole (sqlite.org/wal.html#walresetbug). Callers hence see
    /// to it that no write can run then: either none runs at all, or at least one was committed since the last call.</remarks>
    public (int Length, int Copied) CheckpointWal()
    {
        int result = sqlite3_wal_checkpoint_v2(
            Handle, "main", SQLITE_CHECKPOINT_PASSIVE, out int length, out int copied);
        if (result != SQLITE_OK)
            throw Failure(result, "copying the WAL into it");
        return (length, copied);
    }

    /// <summary>After this, closing leaves the file and its WAL as they are; an empty WAL goes.</summary>
    public void TouchNothingOnClose()
    {
        if (new FileInfo(Path + "-wal") is { Exists: true, Length: > 0 })
            sqlite3_db_config(Handle, ConfigNoCheckpointOnClose, 1, out _);
    }

    /// <summary>The exception that tells a failure of SQLite to those who use the storage.</summary>
    public Exception Failure(int result, string doing)
    {
        string what = $"{doing} failed: {sqlite3_errmsg(Handle).utf8_to_string()} (SQLite {result})";
        string message = $"{Path}: {what}";
        if (!_open && result == NoRoomForWalIndex)
            return new LogUnavailableException($"{message}: is the disk full?");
        if ((result & 0xff) == SQLITE_CORRUPT)
            return new LogCorruptException($"{Path} is damaged: {what}");
        return (result & 0xff) switch
        {
            SQLITE_FULL or SQLITE_BUSY or SQLITE_LOCKED => new LogUnavailableException(message),
            SQLITE_CANTOPEN or SQLITE_READONLY or SQLITE_PERM or SQLITE_NOTADB when !_open =>
                new DataFolderException(message),
            _ => new LogCorruptException(message),
        };
    }

    public void Dispose()
    {
        foreach (var statement in _statements)
            statement.Dispose();
        _statements.Clear();
        Handle.Dispose();
    }

    private void SetUp(SqliteAccess access, int cacheKilobytes)
    {
        sqlite3_extended_result_codes(Handle, 1);
        sqlite3_busy_timeout(Handle, BusyTimeoutMilliseconds);
        if (access == SqliteAccess.Create)
            Execute($"PRAGMA page_size = {PageSize}");
        else if (sqlite3_db_readonly(Handle, "main") != 0)
            throw new DataFolderException($"{Path} cannot be written to: its permissions or its volume are read-only");

        // A file that is there is not brought to WAL mode: what a WAL beside it holds would be lost.
        if (QueryText(access == SqliteAccess.Create ? "PRAGMA journal_mode = WAL" : "PRAGMA journal_mode") != "wal")
            throw new DataFolderException($"{Path} is not in SQLite's WAL mode, or cannot be on this file system");

        string synchronous = access == SqliteAccess.WriteUnsynced ? "1" : "2";
        Execute($"PRAGMA synchronous = {synchronous}");
        if (QueryText("PRAGMA synchronous") != synchronous)
            throw new DataFolderException($"{Path}: SQLite does not take synchronous = {synchronous}");

        // macOS: there, only this reaches the disk. cell_size_check: a corrupt page is an error, not wrong rows.
        Execute($"""
            PRAGMA fullfsync = 1;
            PRAGMA checkpoint_fullfsync = 1;
            PRAGMA cell_size_check = 1;
            PRAGMA trusted_schema = 0;
            PRAGMA mmap_size = 0;
            PRAGMA cache_size = -{cacheKilobytes};
            PRAGMA query_only = {(access == SqliteAccess.Read ? 1 : 0)};
            """);
        sqlite3_wal_autocheckpoint(Handle, 0);
    }
}
