using Coordination.Storage.Sqlite;

namespace Coordination.Storage.Tests;

public sealed class TrimTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private SqliteLog _log = null!;

    private string LogPath => _folder.File("log.db");

    public Task InitializeAsync()
    {
        SqliteLog.Create(LogPath, Guid.NewGuid());
        _log = SqliteLog.Open(LogPath, walLimitPages: 64);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _log.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task EachCallForgetsABoundedNumberOfRows()
    {
        await _log.FillAsync(default, 1000);
        Assert.True(await _log.TrimAsync(601, default));
        Assert.Equal(257, await _log.ReadFirstPositionAsync(default));
        Assert.True(await _log.TrimAsync(601, default));
        Assert.False(await _log.TrimAsync(601, default));
        Assert.Equal(601, await _log.ReadFirstPositionAsync(default));
        Assert.False(await _log.TrimAsync(601, default));
        Assert.False(await _log.TrimAsync(1, default));
        Assert.False(await _log.TrimAsync(-5, default));
        Assert.Equal(601, await _log.ReadFirstPositionAsync(default));
    }

    [Fact]
    public async Task EachCallForgetsABoundedNumberOfBytes()
    {
        await _log.FillAsync(default, 20, bodyLength: 300_000);
        Assert.True(await _log.TrimAsync(19, default));
        Assert.Equal(5, await _log.ReadFirstPositionAsync(default));
        await _log.TrimAllAsync(19);
        Assert.Equal(19, await _log.ReadFirstPositionAsync(default));
    }

    [Fact]
    public async Task TheLastRowStays()
    {
        var tail = await _log.FillAsync(default, 10);
        await _log.TrimAllAsync(long.MaxValue);
        Assert.Equal(10, await _log.ReadFirstPositionAsync(default));
        Assert.Equal(tail, await _log.ReadTailAsync(default));

        await _log.DisposeAsync();
        _log = SqliteLog.Open(LogPath);
        Assert.Equal(10, await _log.ReadFirstPositionAsync(default));
        await _log.AppendAsync(tail, "and on it goes");
        Assert.Single(await _log.ReadAllAsync(tail));
    }

    [Fact]
    public async Task NothingIsTrimmedOffAnEmptyLog()
    {
        Assert.False(await _log.TrimAsync(100, default));
        Assert.Equal(1, await _log.ReadFirstPositionAsync(default));
        await _log.AppendAsync(default, "one");
    }

    [Fact]
    public async Task WhetherATrimmedRowIsTheOneThatIsOfferedIsNotGuessed()
    {
        var first = LogRows.After(default, "one");
        await _log.AppendAsync(first, default);
        await _log.FillAsync(first.AsTail(), 20);
        await _log.TrimAllAsync(11);
        await Assert.ThrowsAsync<LogHistoryChangedException>(async () => await _log.AppendAsync(first, default));
    }

    [Fact]
    public async Task TheSpaceOfTrimmedRowsIsUsedAgain()
    {
        var tail = await _log.FillAsync(default, 400, bodyLength: 10_000);
        for (int round = 0; round < 10; round++)
        {
            await _log.TrimAllAsync(tail.Position - 199);
            tail = await _log.FillAsync(tail, 200, bodyLength: 10_000);
        }
        await _log.DisposeAsync();
        Assert.InRange(new FileInfo(LogPath).Length, 4_000_000, 6_000_000);
        _log = SqliteLog.Open(LogPath);
        Assert.Equal(tail, await _log.ReadTailAsync(default));
    }

    [Fact]
    public async Task TrimsAndAppendsGoOnAtTheSameTime()
    {
        var tail = await _log.FillAsync(default, 1000);
        var trims = Task.Run(() => _log.TrimAllAsync(1001));
        tail = await _log.FillAsync(tail, 1000);
        await trims;
        Assert.Equal(1001, await _log.ReadFirstPositionAsync(default));
        Assert.Equal(tail, await _log.ReadTailAsync(default));
    }
}
