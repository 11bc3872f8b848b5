using System.Diagnostics;
using Coordination.Storage.Tests.Stores;

namespace Coordination.Storage.Tests;

public abstract class CompareAndAppendTests
{
    private static readonly TimeSpan s_longestWait = TimeSpan.FromMinutes(2);

    private protected abstract IStoreUnderTest NewStore();

    [Theory]
    [InlineData(2, 1500)]
    [InlineData(4, 300)]
    public async Task OfWritersThatRaceOneWinsEachPosition(int writers, int rowsEach)
    {
        await using var store = NewStore();
        var logs = new List<ILog>();
        for (int writer = 0; writer < writers; writer++)
            logs.Add(await store.OpenLogAsync());
        var won = await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Factory.StartNew(
            () => RaceAsync(logs[writer], writer, rowsEach), TaskCreationOptions.LongRunning).Unwrap()));

        await using var log = await store.OpenLogAsync();
        var rows = await log.ReadAllAsync();
        Assert.Equal(writers * rowsEach, rows.Count);
        Assert.Equal(Enumerable.Range(1, rows.Count).Select(position => (long)position), rows.Select(row => row.Position));
        for (int writer = 0; writer < writers; writer++)
        {
            var mine = rows.Where(row => row.Body.Span[0] == writer);
            Assert.Equal(won[writer].Describe(), mine.Describe());
        }
    }

    /// <summary>Appends as a silo does: whoever loses reads what it missed and tries again.</summary>
    private static async Task<List<LogRow>> RaceAsync(ILog log, int writer, int rows)
    {
        await using var closing = log;
        var won = new List<LogRow>();
        var tail = default(LogTail);
        while (won.Count < rows)
        {
            byte[] body = new byte[100];
            new Random((writer * rows) + won.Count).NextBytes(body);
            body[0] = (byte)writer;
            var row = LogRows.After(tail, body);
            if (!await AppendAsync(log, row, tail))
            {
                foreach (var missed in await log.ReadAllAsync(tail))
                    tail = missed.AsTail();
                continue;
            }
            // Offered again, as after a lost answer, while others append: it stands once.
            if (won.Count % 16 == 0)
                Assert.True(await AppendAsync(log, row, tail));
            won.Add(row);
            tail = row.AsTail();
        }
        return won;
    }

    // A writer may wait for another for longer than SQLite lets it, on a disk that is slow.
    private static async Task<bool> AppendAsync(ILog log, LogRow row, LogTail tail)
    {
        for (var waited = Stopwatch.StartNew(); ;)
        {
            try
            {
                return await log.AppendAsync(row, tail);
            }
            catch (LogUnavailableException) when (waited.Elapsed < s_longestWait)
            {
                // Nothing was appended.
            }
        }
    }
}
