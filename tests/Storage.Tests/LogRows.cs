using System.Text;
using Coordination.Storage.Sqlite;

namespace Coordination.Storage.Tests;

/// <summary>Appends and reads rows as the tests need them.</summary>
internal static class LogRows
{
    public static byte[] Body(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>A row after a tail, whose zxids are the next two.</summary>
    public static LogRow After(LogTail tail, ReadOnlyMemory<byte> body) =>
        tail.Next(tail.LastZxid + 1, tail.LastZxid + 2, body);

    public static LogRow After(LogTail tail, string body) => After(tail, Body(body));

    public static async Task<LogTail> AppendAsync(this ILog log, LogTail tail, params string[] bodies)
    {
        foreach (string body in bodies)
        {
            var row = After(tail, body);
            Assert.True(await log.AppendAsync(row, tail));
            tail = row.AsTail();
        }
        return tail;
    }

    public static async Task<LogTail> FillAsync(this ILog log, LogTail tail, int rows, int bodyLength = 200)
    {
        for (int i = 0; i < rows; i++)
        {
            byte[] body = new byte[bodyLength];
            new Random((int)tail.Position).NextBytes(body);
            var row = After(tail, body);
            Assert.True(await log.AppendAsync(row, tail));
            tail = row.AsTail();
        }
        return tail;
    }

    public static async Task<List<LogRow>> ReadAllAsync(this ILog log, LogTail after = default)
    {
        var rows = new List<LogRow>();
        await foreach (var row in log.ReadAsync(after, CancellationToken.None))
            rows.Add(row);
        return rows;
    }

    public static List<string> Texts(this IEnumerable<LogRow> rows) =>
        rows.Select(row => Encoding.UTF8.GetString(row.Body.Span)).ToList();

    public static async Task TrimAllAsync(this ILog log, long firstKept)
    {
        while (await log.TrimAsync(firstKept, CancellationToken.None))
        {
        }
    }

    public static string Describe(this IEnumerable<LogRow> rows) => string.Join(
        '\n',
        rows.Select(row => $"{row.Position} {row.FirstZxid}-{row.LastZxid} {row.Checksum:x} "
            + Convert.ToHexString(row.Body.Span)));

    /// <summary>Changes a log behind the back of those who use it.</summary>
    public static void Tamper(string path, params string[] statements)
    {
        using var database = SqliteDatabase.Open(path, SqliteAccess.WriteSynced, cacheKilobytes: 64);
        foreach (string statement in statements)
            database.Execute(statement);
    }
}
