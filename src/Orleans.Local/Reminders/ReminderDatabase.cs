using System.Buffers.Binary;
using Microsoft.Data.Sqlite;
using Orleans.Runtime;

namespace Orleans.Reminders;

/// <summary>What must be true of the file that keeps the reminders.</summary>
public static class ReminderDatabase
{
    internal const int FormatVersion = 1;

    private const int HeaderSize = 100;
    private const int UserVersionOffset = 60;

    static ReminderDatabase() => SQLitePCL.Batteries_V2.Init();

    /// <summary>
    /// Checks a file, if it is there, and touches nothing: neither the file nor what SQLite has beside it. What stands in a
    /// write-ahead log of a process that was killed is not looked at.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <exception cref="OrleansConfigurationException">It is another kind of file, damaged, or of a later format.</exception>
    public static void Check(string path)
    {
        if (new FileInfo(path) is not { Exists: true, Length: > 0 }) return;
        try
        {
            CheckHeader(path);
            if (new FileInfo(path + "-wal") is not { Exists: true, Length: > 0 }) CheckPages(path);
        }
        catch (Exception failure) when (failure is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw Unusable(path, failure);
        }
    }

    internal static void CheckFormat(string path, long found)
    {
        if (found > FormatVersion)
        {
            throw new OrleansConfigurationException(
                $"The reminders in {path} have format {found}; this version knows no format above {FormatVersion}.");
        }
    }

    internal static OrleansConfigurationException Unusable(string path, Exception failure) => new(
        $"{path} is no file of reminders, or is damaged: {failure.Message} Where it is moved away, there are no reminders yet.",
        failure);

    private static void CheckHeader(string path)
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        int length = file.ReadAtLeast(header, HeaderSize, throwOnEndOfStream: false);
        if (length < HeaderSize || !header.StartsWith("SQLite format 3\0"u8)) throw new IOException("it is no SQLite file.");
        CheckFormat(path, BinaryPrimitives.ReadInt32BigEndian(header[UserVersionOffset..]));
    }

    private static void CheckPages(string path)
    {
        // Immutable: SQLite makes neither a write-ahead log nor an index of one.
        SqliteConnectionStringBuilder source = new()
        {
            DataSource = $"{new Uri(Path.GetFullPath(path)).AbsoluteUri}?immutable=1",
            Mode = SqliteOpenMode.ReadOnly,
            Pooling = false,
        };
        using SqliteConnection connection = new(source.ToString());
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "pragma quick_check(1)";
        if (command.ExecuteScalar() is string found and not "ok")
            throw new IOException($"{found.ReplaceLineEndings(" ")}.");
    }
}
