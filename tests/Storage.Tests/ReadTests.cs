using Coordination.Storage.Sqlite;

namespace Coordination.Storage.Tests;

public sealed class ReadTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private SqliteLog _log = null!;
    private LogTail _tail;

    public async Task InitializeAsync()
    {
        SqliteLog.Create(_folder.File("log.db"), Guid.NewGuid());
        _log = SqliteLog.Open(_folder.File("log.db"));
        _tail = await _log.FillAsync(default, 1000);
    }

    public async Task DisposeAsync()
    {
        await _log.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task ReadingStartsAfterAnyPrefix()
    {
        var rows = await _log.ReadAllAsync();
        Assert.Equal(1000, rows.Count);
        foreach (int count in new[] { 1, 255, 256, 257, 999, 1000 })
            Assert.Equal(rows[count..].Describe(), (await _log.ReadAllAsync(rows[count - 1].AsTail())).Describe());
    }

    [Fact]
    public async Task AnotherHistoryIsTold()
    {
        var rows = await _log.ReadAllAsync();
        await HistoryChanged(rows[499].AsTail() with { Checksum = 1 });
        await HistoryChanged(rows[0].AsTail() with { Checksum = 1 });
        await HistoryChanged(_tail with { Checksum = 1 });
        await HistoryChanged(LogRows.After(_tail, "not there any more").AsTail());
        await HistoryChanged(new LogTail(0, 0, 1));
    }

    [Fact]
    public async Task WhoFellBehindTheTrimIsTold()
    {
        var rows = await _log.ReadAllAsync();
        await _log.TrimAllAsync(401);
        await HistoryChanged(default);
        await HistoryChanged(rows[398].AsTail());
        Assert.Equal(rows[400..].Describe(), (await _log.ReadAllAsync(rows[399].AsTail())).Describe());
        Assert.Equal(rows[401..].Describe(), (await _log.ReadAllAsync(rows[400].AsTail())).Describe());
        await HistoryChanged(rows[399].AsTail() with { Checksum = 1 });
    }

    [Fact]
    public async Task AReadingCanBeginWhereverWhatFollowsIsKept()
    {
        var rows = await _log.ReadAllAsync();
        Assert.Equal(default(LogTail), await _log.ReadTailAtAsync(0, default));
        Assert.Equal(rows[399].AsTail(), await _log.ReadTailAtAsync(400, default));
        Assert.Equal(_tail, await _log.ReadTailAtAsync(1000, default));
        Assert.Null(await _log.ReadTailAtAsync(1001, default));
        await _log.TrimAllAsync(401);
        Assert.Null(await _log.ReadTailAtAsync(0, default));
        Assert.Null(await _log.ReadTailAtAsync(399, default));
        Assert.Equal(rows[399].AsTail(), await _log.ReadTailAtAsync(400, default));
        Assert.Equal(rows[400].AsTail(), await _log.ReadTailAtAsync(401, default));
    }

    [Fact]
    public async Task ATrimThatOvertakesAReaderIsTold()
    {
        await using var reader = _log.ReadAsync(default, default).GetAsyncEnumerator();
        Assert.True(await reader.MoveNextAsync());
        await _log.TrimAllAsync(900);
        await Assert.ThrowsAsync<LogHistoryChangedException>(async () =>
        {
            while (await reader.MoveNextAsync())
            {
            }
        });
    }

    [Fact]
    public async Task ReadingEndsAtTheTailOfItsBeginning()
    {
        int count = 0;
        await foreach (var row in _log.ReadAsync(default, default))
        {
            count++;
            if (row.Position % 100 == 0)
                _tail = await _log.AppendAsync(_tail, "more");
        }
        Assert.Equal(1000, count);
        Assert.Equal(10, (await _log.ReadAllAsync()).Count - count);
    }

    [Fact]
    public async Task ReadingCanBeCancelled()
    {
        using var cancellation = new CancellationTokenSource();
        await Assert.ThrowsAsync<OperationCanceledException>(async () =>
        {
            await foreach (var row in _log.ReadAsync(default, cancellation.Token))
                await cancellation.CancelAsync();
        });
        await _log.AppendAsync(_tail, "and on it goes");
    }

    [Fact]
    public async Task SeveralReadAtATimeWhileRowsAreAppended()
    {
        string before = (await _log.ReadAllAsync()).Describe();
        var readers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            for (int round = 0; round < 5; round++)
                Assert.Equal(before, (await _log.ReadAllAsync()).Take(1000).Describe());
        })).ToArray();
        await _log.FillAsync(_tail, 500);
        await Task.WhenAll(readers);
    }

    private Task HistoryChanged(LogTail after) =>
        Assert.ThrowsAsync<LogHistoryChangedException>(() => _log.ReadAllAsync(after));
}
