using Coordination.Storage.Sqlite;
using Coordination.Testing;

namespace Coordination.Storage.Tests;

public class WalTests
{
    private const int FrameSize = 4096 + 24;

    // How far the writer gets while the thread beside it copies is the scheduler's affair: hence the margin, and the rounds.
    [Fact]
    public Task TheWalStaysShortUnderAWriterThatNeverRests() => Rounds.OneGoesWellAsync(async _ =>
    {
        const int limit = 100;
        using var folder = new TempFolder();
        SqliteLog.Create(folder.File("log.db"), Guid.NewGuid());
        await using var log = SqliteLog.Open(folder.File("log.db"), limit);
        using var stop = new CancellationTokenSource();
        var reads = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
                await log.ReadTailAsync(default);
        });
        await log.FillAsync(default, 5000);
        await stop.CancelAsync();
        await reads;
        Assert.InRange(new FileInfo(folder.File("log.db-wal")).Length, limit * FrameSize, 30 * limit * FrameSize);
    });

    [Fact]
    public async Task AFullDiskIsTemporary()
    {
        using var folder = new TempFolder();
        SqliteLog.Create(folder.File("log.db"), Guid.NewGuid());
        await using var log = SqliteLog.Open(folder.File("log.db"));
        var tail = await log.FillAsync(default, 10);
        log.LimitPages(20);
        var row = LogRows.After(tail, new byte[100_000]);
        for (int attempt = 0; attempt < 3; attempt++)
        {
            await Assert.ThrowsAsync<LogUnavailableException>(async () => await log.AppendAsync(row, tail));
            Assert.Equal(tail, await log.ReadTailAsync(default));
        }

        log.LimitPages(1_000_000);
        Assert.True(await log.AppendAsync(row, tail));
        Assert.Equal(11, (await log.ReadAllAsync()).Count);
    }

    [Fact]
    public async Task AnotherWriterIsWaitedFor()
    {
        using var folder = new TempFolder();
        SqliteLog.Create(folder.File("log.db"), Guid.NewGuid());
        await using var log = SqliteLog.Open(folder.File("log.db"));
        var tail = await log.AppendAsync(default, "one");
        using var other = SqliteDatabase.Open(folder.File("log.db"), SqliteAccess.WriteSynced, cacheKilobytes: 64);

        other.Execute("BEGIN IMMEDIATE");
        var append = Task.Run(async () => await log.AppendAsync(LogRows.After(tail, "two"), tail));
        await Task.Delay(100);
        Assert.False(append.IsCompleted);
        other.Execute("COMMIT");
        Assert.True(await append);
    }

    [Fact]
    public async Task ATornEndIsTheEnd()
    {
        using var folder = new TempFolder();
        var (database, wal, rows) = await KilledAsync(folder, count: 6);
        var random = new Random(1);
        foreach (int length in Enumerable.Range(0, 100).Select(_ => random.Next(wal.Length)).Append(0).Append(32))
        {
            await using var log = Open(folder, database, wal[..length]);
            var read = await log.ReadAllAsync();
            Assert.Equal(rows.Take(read.Count).Describe(), read.Describe());
            Assert.Equal(WholeCommits(wal.AsSpan(0, length)), read.Count);
            log.Abandon(new IOException("the test is done with it"));
        }
    }

    [Fact]
    public async Task AnUnsyncedCommitThatIsTornIsTheEnd()
    {
        using var folder = new TempFolder();
        var (database, wal, rows) = await KilledAsync(folder, count: 6);
        for (int at = wal.Length - FrameSize; at < wal.Length; at += 157)
        {
            byte[] torn = [.. wal];
            torn[at] ^= 0x10;
            await using var log = Open(folder, database, torn);
            Assert.InRange((await log.ReadAllAsync()).Count, rows.Count - 1, rows.Count);
            log.Abandon(new IOException("the test is done with it"));
        }
    }

    [Fact]
    public async Task DamageToCommitsThatWereSyncedIsNotTakenForTheEnd()
    {
        using var folder = new TempFolder();
        var (database, wal, rows) = await KilledAsync(folder, count: 6);
        string all = rows.Describe();
        int damaged = 0;

        // Up to the last three commits: of them, damage cannot be told from what a crash leaves.
        for (int at = 0; at < wal.Length - (3 * FrameSize); at += 61)
        {
            byte[] flipped = [.. wal];
            flipped[at] ^= 0x10;
            try
            {
                await using var log = Open(folder, database, flipped);
                Assert.Equal(all, (await log.ReadAllAsync()).Describe());
                log.Abandon(new IOException("the test is done with it"));
            }
            catch (LogCorruptException)
            {
                damaged++;
            }
        }
        Assert.True(damaged > wal.Length / 61 / 3, $"{damaged} found");
    }

    /// <summary>What a process that was killed left behind: an empty database, and a WAL with one row to a commit.</summary>
    private static async Task<(byte[] Database, byte[] Wal, List<LogRow> Rows)> KilledAsync(TempFolder folder, int count)
    {
        string path = folder.File("killed.db");
        SqliteLog.Create(path, Guid.NewGuid());
        await using var log = SqliteLog.Open(path);
        await log.FillAsync(default, count);
        return (File.ReadAllBytes(path), File.ReadAllBytes(path + "-wal"), await log.ReadAllAsync());
    }

    private static SqliteLog Open(TempFolder folder, byte[] database, byte[] wal)
    {
        string path = folder.File($"{Guid.NewGuid():n}.db");
        File.WriteAllBytes(path, database);
        File.WriteAllBytes(path + "-wal", wal);
        var log = SqliteLog.Open(path);
        try
        {
            log.TakeOver();
            return log;
        }
        catch (LogCorruptException failure)
        {
            log.Abandon(failure);
            throw;
        }
    }

    private static int WholeCommits(ReadOnlySpan<byte> wal)
    {
        int commits = 0;
        for (int at = 32; at + FrameSize <= wal.Length; at += FrameSize)
            commits += wal.Slice(at + 4, 4).IndexOfAnyExcept((byte)0) >= 0 ? 1 : 0;
        return commits;
    }
}
