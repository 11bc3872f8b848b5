using System.Buffers.Binary;
using SQLitePCL;
using static SQLitePCL.raw;

namespace Coordination.Storage.Sqlite;

/// <summary>A prepared statement. Parameters count from 1, columns from 0, as in SQLite.</summary>
internal sealed class SqliteStatement(SqliteDatabase database, sqlite3_stmt handle) : IDisposable
{
    public sqlite3_stmt Handle => handle;

    public void Bind(int parameter, long value) => sqlite3_bind_int64(handle, parameter, value);

    public void Bind(int parameter, ReadOnlySpan<byte> blob) => Check(sqlite3_bind_blob(handle, parameter, blob));

    public void BindText(int parameter, ReadOnlySpan<byte> utf8) => Check(sqlite3_bind_text(handle, parameter, utf8));

    public void BindNull(int parameter) => sqlite3_bind_null(handle, parameter);

    public void Bind(int parameter, UInt128 checksum)
    {
        Span<byte> bytes = stackalloc byte[LogChecksum.Size];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, checksum);
        Bind(parameter, bytes);
    }

    public void Bind(int parameter, Guid identity)
    {
        Span<byte> bytes = stackalloc byte[16];
        identity.TryWriteBytes(bytes, bigEndian: true, out _);
        Bind(parameter, bytes);
    }

    /// <summary>Goes to the next row.</summary>
    /// <returns>False at the end.</returns>
    public bool Step()
    {
        int result = sqlite3_step(handle);
        if (result == SQLITE_ROW)
            return true;
        if (result == SQLITE_DONE)
            return false;
        var failure = database.Failure(result, "a statement");
        sqlite3_reset(handle);
        throw failure;
    }

    /// <summary>Runs a statement that has no rows, to its end.</summary>
    public void Run()
    {
        Step();
        Reset();
    }

    /// <summary>Runs a statement that changes rows.</summary>
    /// <returns>How many rows it changed.</returns>
    public int RunAndCount()
    {
        Run();
        return sqlite3_changes(database.Handle);
    }

    public void Reset() => sqlite3_reset(handle);

    /// <summary>Lets go of the copies of what was bound.</summary>
    public void ClearBindings() => sqlite3_clear_bindings(handle);

    public long Number(int column) => sqlite3_column_int64(handle, column);

    public bool IsNull(int column) => sqlite3_column_type(handle, column) == SQLITE_NULL;

    /// <summary>A blob or a text's UTF-8, valid until the next step.</summary>
    public ReadOnlySpan<byte> Bytes(int column) => sqlite3_column_blob(handle, column);

    public UInt128 Checksum(int column)
    {
        var bytes = Bytes(column);
        return bytes.Length == LogChecksum.Size
            ? BinaryPrimitives.ReadUInt128BigEndian(bytes)
            : throw new LogCorruptException($"{database.Path}: a checksum has {bytes.Length} bytes");
    }

    public Guid Identity(int column)
    {
        var bytes = Bytes(column);
        return bytes.Length == 16
            ? new Guid(bytes, bigEndian: true)
            : throw new LogCorruptException($"{database.Path}: an identity has {bytes.Length} bytes");
    }

    /// <summary>The exception that says that a row's checksums are not those of what stands in it.</summary>
    public LogCorruptException Damaged(string row) =>
        new($"{database.Path}: the row of the {row} is damaged: its checksum is another");

    public void Dispose() => handle.Dispose();

    private void Check(int result)
    {
        if (result != SQLITE_OK)
            throw database.Failure(result, "binding a value");
    }
}
