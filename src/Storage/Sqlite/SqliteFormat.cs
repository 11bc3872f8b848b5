using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Text;

namespace Coordination.Storage.Sqlite;

/// <summary>What marks a SQLite file as one of ours, and the tables in it.</summary>
internal sealed class SqliteFormat
{
    private const int HeaderSize = 100;
    private const int ChangeCounterOffset = 24;
    private const int PagesOffset = 28;
    private const int PagesValidForOffset = 92;
    private const int UserVersionOffset = 60;
    private const int ApplicationIdOffset = 68;

    /// <summary>What the file is for, in a message.</summary>
    public required string Purpose { get; init; }

    /// <summary>The application id in SQLite's header.</summary>
    public required int ApplicationId { get; init; }

    /// <summary>The format's version, the user version in SQLite's header; from 1.</summary>
    public required int Version { get; init; }

    /// <summary>The statements that make the tables, by the table's name.</summary>
    public required IReadOnlyDictionary<string, string> Tables { get; init; }

    /// <summary>Tables that came later, and are made where there are none. An older program passes over them: so there is nothing
    /// in them that it would miss before the log has a format level that it does not read.</summary>
    public IReadOnlyDictionary<string, string> Additions { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>The format before this one, whose files are taken too; null where there is none.</summary>
    public SqliteFormat? Former { get; init; }

    /// <summary>The version that a file's header tells.</summary>
    public static int VersionOf(SqliteDatabase database) => int.Parse(database.QueryText("PRAGMA user_version")!);

    /// <summary>Makes the tables in a new file, and marks it.</summary>
    public void Create(SqliteDatabase database)
    {
        database.Execute($"PRAGMA application_id = {ApplicationId}");
        database.Execute($"PRAGMA user_version = {Version}");
        foreach (string sql in Tables.Values.Concat(Additions.Values))
            database.Execute(AsStored(sql));
    }

    /// <summary>Makes the additions that a file has not got; <see cref="Check"/> comes before.</summary>
    public void Complete(SqliteDatabase database)
    {
        foreach (var (name, sql) in Additions)
        {
            if (StoredTable(database, name).Length == 0)
                database.Execute(AsStored(sql));
        }
    }

    /// <summary>Checks the mark of a file that SQLite has not opened yet, touching nothing.</summary>
    /// <exception cref="DataFolderException">It is another kind of file, or of a newer format.</exception>
    /// <exception cref="LogCorruptException">Its end is missing.</exception>
    public void CheckHeader(string path)
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        int length;
        long fileLength;
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            length = file.ReadAtLeast(header, HeaderSize, throwOnEndOfStream: false);
            fileLength = file.Length;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new DataFolderException($"{path} cannot be read: {failure.Message}", failure);
        }
        if (length < HeaderSize || !header.StartsWith("SQLite format 3\0"u8))
            throw new DataFolderException($"{path} is not {Purpose}: it is no SQLite file");
        CheckMark(
            path,
            BinaryPrimitives.ReadInt32BigEndian(header[ApplicationIdOffset..]),
            BinaryPrimitives.ReadInt32BigEndian(header[UserVersionOffset..]));
        CheckLength(path, header, fileLength);
    }

    /// <summary>Checks the mark and the tables of an open file.</summary>
    /// <exception cref="DataFolderException">It is another kind of file, or of a newer format.</exception>
    /// <exception cref="LogCorruptException">Its tables are not those of its format.</exception>
    public void Check(SqliteDatabase database)
    {
        int version = VersionOf(database);
        CheckMark(database.Path, int.Parse(database.QueryText("PRAGMA application_id")!), version);
        var format = this;
        while (format.Version > version && format.Former is { } former)
            format = former;
        format.CheckTables(database);
    }

    private void CheckTables(SqliteDatabase database)
    {
        foreach (var (name, sql) in Tables.Concat(Additions))
        {
            // To the letter: a column's name or type that has changed would read as an empty log, not as an error.
            string stored = StoredTable(database, name);
            if (stored != AsStored(sql) && (stored.Length > 0 || !Additions.ContainsKey(name)))
                throw new LogCorruptException($"{database.Path}: the table {name} is missing or is not as it was made");
        }
    }

    // Where there is a WAL, what is missing may be in it: a kill can come while it is copied.
    private static void CheckLength(string path, ReadOnlySpan<byte> header, long length)
    {
        if (!header.Slice(ChangeCounterOffset, 4).SequenceEqual(header.Slice(PagesValidForOffset, 4))
            || new FileInfo(path + "-wal") is { Exists: true, Length: > 0 })
        {
            return;
        }
        long expected = (long)BinaryPrimitives.ReadUInt32BigEndian(header[PagesOffset..]) * SqliteDatabase.PageSize;
        if (length < expected)
            throw new LogCorruptException($"{path} is damaged: it is cut off, {length} of its {expected} bytes are there");
    }

    // Empty where there is none.
    private static string StoredTable(SqliteDatabase database, string name)
    {
        using var find = database.Prepare("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?1");
        find.BindText(1, Encoding.UTF8.GetBytes(name));
        return find.Step() ? Encoding.UTF8.GetString(find.Bytes(0)) : "";
    }

    // Whatever the line endings of the source that this was built from.
    private static string AsStored(string sql) => sql.ReplaceLineEndings("\n");

    private void CheckMark(string path, int applicationId, int version)
    {
        if (applicationId != ApplicationId)
            throw new DataFolderException($"{path} is not {Purpose}: it belongs to another program");
        if (version > Version)
        {
            throw new DataFolderException(
                $"{path} has format {version}, made by a newer version of this program, which knows formats up to {Version}");
        }
        if (version < 1)
            throw new DataFolderException($"{path} has format {version}, which never was");
    }
}
