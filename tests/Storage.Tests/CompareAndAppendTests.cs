using Coordination.Storage.Sqlite;

namespace Coordination.Storage.Tests;

public class CompareAndAppendTests
{
    [Theory]
    [InlineData(2, 1500)]
    [InlineData(4, 300)]
    public async Task OfWritersThatRaceOneWinsEachPosition(int writers, int rowsEach)
    {
        using var folder = new TempFolder();
        SqliteLog.Create(folder.File("log.db"), Guid.NewGuid());
        var won = await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Factory.StartNew(
            () => RaceAsync(folder.File("log.db"), writer, rowsEach), TaskCreationOptions.LongRunning).Unwrap()));

        await using var log = SqliteLog.Open(folder.File("log.db"));
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
    private static async Task<List<LogRow>> RaceAsync(string path, int writer, int rows)
    {
        await using var log = SqliteLog.Open(path);
        var won = new List<LogRow>();
        var tail = default(LogTail);
        while (won.Count < rows)
        {
            byte[] body = new byte[100];
            new Random((writer * rows) + won.Count).NextBytes(body);
            body[0] = (byte)writer;
            var row = LogRows.After(tail, body);
            if (!await log.AppendAsync(row, tail))
            {
                foreach (var missed in await log.ReadAllAsync(tail))
                    tail = missed.AsTail();
                continue;
            }
            // Offered again, as after a lost answer, while others append: it stands once.
            if (won.Count % 16 == 0)
                Assert.True(await log.AppendAsync(row, tail));
            won.Add(row);
            tail = row.AsTail();
        }
        return won;
    }
}
