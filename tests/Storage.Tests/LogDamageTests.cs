using Coordination.Storage.Sqlite;

namespace Coordination.Storage.Tests;

public class LogDamageTests
{
    /// <summary>No bit of a log can change so that another log is read: each is right, or an error.</summary>
    [Fact]
    public async Task NoFlippedBitIsReadAsAnotherLog()
    {
        using var folder = new TempFolder();
        byte[] sound = await SmallLogAsync(folder.File("log.db"));
        string expected = await ReadAsync(sound, folder.File("sound.db"));
        int found = 0;

        var positions = Enumerable.Range(0, sound.Length).Where(at => sound[at] != 0 || at % 64 == 0);
        await Parallel.ForEachAsync(positions, new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (at, _) =>
        {
            byte[] flipped = [.. sound];
            flipped[at] ^= (byte)(1 << (at % 8));
            try
            {
                string read = await ReadAsync(flipped, folder.File($"{at}.db"));
                Assert.True(expected == read, $"byte {at}: {read}");
            }
            catch (Exception failure) when (failure is LogCorruptException or DataFolderException)
            {
                Interlocked.Increment(ref found);
            }
        });
        Assert.True(found > 500, $"{found} found");
    }

    [Fact]
    public async Task NoTruncatedFileIsReadAsAnotherLog()
    {
        using var folder = new TempFolder();
        byte[] sound = await SmallLogAsync(folder.File("log.db"));
        for (int length = 0; length < sound.Length; length += 512)
        {
            var failure = await Record.ExceptionAsync(() => ReadAsync(sound[..length], folder.File($"{length}.db")));
            Assert.True(failure is LogCorruptException or DataFolderException, $"{length} bytes: {failure}");
        }
    }

    [Theory]
    [InlineData("UPDATE log SET body = x'00' WHERE position = 20", 20)]
    [InlineData("UPDATE log SET checksum = zeroblob(16) WHERE position = 20", 20)]
    [InlineData("UPDATE log SET first_zxid = 1 WHERE position = 20", 20)]
    [InlineData("UPDATE log SET last_zxid = 1000 WHERE position = 20", 20)]
    [InlineData("DELETE FROM log WHERE position = 20", 20)]
    [InlineData("DELETE FROM log WHERE position BETWEEN 10 AND 30", 10)]
    [InlineData("UPDATE log SET position = 1000 WHERE position = 39", 39)]
    [InlineData("DELETE FROM log WHERE position > 35", 36)]
    [InlineData("DELETE FROM log WHERE position < 5", 1)]
    [InlineData("DELETE FROM log", 1)]
    [InlineData("UPDATE log SET body = x'00' WHERE position = 40", 40)]
    public async Task ADamagedRowIsNamedByItsPosition(string damage, int position)
    {
        using var folder = new TempFolder();
        string path = folder.File("log.db");
        SqliteLog.Create(path, Guid.NewGuid());
        await using (var log = SqliteLog.Open(path))
            await log.FillAsync(default, 40);
        LogRows.Tamper(path, damage);

        var failure = await Assert.ThrowsAsync<LogCorruptException>(async () =>
        {
            await using var log = SqliteLog.Open(path);
            await log.ReadAllAsync();
        });
        Assert.Contains($" position {position}", failure.Message);
        Assert.Contains(path, failure.Message);
    }

    [Fact]
    public async Task RowsBeforeADamagedOneAreRead()
    {
        using var folder = new TempFolder();
        string path = folder.File("log.db");
        SqliteLog.Create(path, Guid.NewGuid());
        await using var log = SqliteLog.Open(path);
        var tail = await log.FillAsync(default, 700);
        LogRows.Tamper(path, "UPDATE log SET body = x'00' WHERE position = 600");

        long last = 0;
        await Assert.ThrowsAsync<LogCorruptException>(async () =>
        {
            await foreach (var row in log.ReadAsync(default, default))
                last = row.Position;
        });
        Assert.InRange(last, 500, 599);
        await log.AppendAsync(tail, "and on it goes");
    }

    [Fact]
    public async Task ADamagedRowUnderAReadersFeetIsDamageAndNotAnotherHistory()
    {
        using var folder = new TempFolder();
        string path = folder.File("log.db");
        SqliteLog.Create(path, Guid.NewGuid());
        await using var log = SqliteLog.Open(path);
        await log.FillAsync(default, 40);
        var rows = await log.ReadAllAsync();
        LogRows.Tamper(path, "UPDATE log SET checksum = zeroblob(16) WHERE position = 20");
        var failure = await Assert.ThrowsAsync<LogCorruptException>(() => log.ReadAllAsync(rows[19].AsTail()));
        Assert.Contains("position 20", failure.Message);
    }

    [Fact]
    public async Task OpeningALongLogReadsItsEndsOnly()
    {
        using var folder = new TempFolder();
        string path = folder.File("log.db");
        SqliteLog.Create(path, Guid.NewGuid());
        await using (var log = SqliteLog.Open(path))
            await log.FillAsync(default, 300);
        LogRows.Tamper(path, "UPDATE log SET body = x'00' WHERE position = 100");
        await using (var log = SqliteLog.Open(path))
            Assert.Equal(300, (await log.ReadTailAsync(default)).Position);
        LogRows.Tamper(path, "UPDATE log SET body = x'00' WHERE position = 290");
        Assert.Throws<LogCorruptException>(() => SqliteLog.Open(path));
    }

    private static async Task<byte[]> SmallLogAsync(string path)
    {
        SqliteLog.Create(path, Guid.NewGuid());
        await using (var log = SqliteLog.Open(path))
        {
            var tail = await log.FillAsync(default, 4, bodyLength: 30);
            // Most of it zeros, of which the test flips a few only.
            var onSeveralPages = LogRows.After(tail, new byte[5000]);
            Assert.True(await log.AppendAsync(onSeveralPages, tail));
            tail = onSeveralPages.AsTail();
            await log.FillAsync(tail, 3, bodyLength: 30);
            await log.TrimAllAsync(3);
        }
        return File.ReadAllBytes(path);
    }

    private static async Task<string> ReadAsync(byte[] content, string path)
    {
        File.WriteAllBytes(path, content);
        LogFile.Format.CheckHeader(path);
        await using var log = SqliteLog.Open(path);
        try
        {
            log.TakeOver();
            long first = await log.ReadFirstPositionAsync(default);
            var tail = await log.ReadTailAsync(default);
            var rows = new List<LogRow>();
            // From what was trimmed, whose checksum the test knows no other way.
            await foreach (var row in log.ReadAsync(log.ReadForgotten(), default))
                rows.Add(row);
            return $"{first} {tail}\n{rows.Describe()}";
        }
        finally
        {
            log.Abandon(new IOException("the test is done with it"));
        }
    }
}
