using Coordination.Storage.Sqlite;

namespace Coordination.Storage.Tests;

public sealed class AppendTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private SqliteLog _log = null!;

    private string LogPath => _folder.File("log.db");

    public Task InitializeAsync()
    {
        SqliteLog.Create(LogPath, Guid.NewGuid());
        _log = SqliteLog.Open(LogPath);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _log.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task AnEmptyLogHasNoTailAndNoRows()
    {
        Assert.Equal(default, await _log.ReadTailAsync(default));
        Assert.Equal(1, await _log.ReadFirstPositionAsync(default));
        Assert.Empty(await _log.ReadAllAsync());
    }

    [Fact]
    public async Task RowsStandInOrderAndTheTailIsTheLast()
    {
        var tail = await _log.AppendAsync(default, "one", "two", "three");
        Assert.Equal(tail, await _log.ReadTailAsync(default));
        var rows = await _log.ReadAllAsync();
        Assert.Equal(["one", "two", "three"], rows.Texts());
        Assert.Equal([1, 2, 3], rows.Select(row => row.Position));
        Assert.Equal([1, 3, 5], rows.Select(row => row.FirstZxid));
        Assert.Equal([2, 4, 6], rows.Select(row => row.LastZxid));
        Assert.Equal(tail, rows[^1].AsTail());
    }

    [Fact]
    public async Task ARowMadeForAnotherTailIsRefused()
    {
        var first = await _log.AppendAsync(default, "one");
        await _log.AppendAsync(first, "two");

        Assert.False(await _log.AppendAsync(LogRows.After(first, "another two"), first));
        Assert.False(await _log.AppendAsync(LogRows.After(default, "another one"), default));
        var stranger = LogRows.After(default, "another one").AsTail();
        Assert.False(await _log.AppendAsync(LogRows.After(stranger, "two of another history"), stranger));
        Assert.Equal(["one", "two"], (await _log.ReadAllAsync()).Texts());
    }

    [Fact]
    public async Task ARowAheadOfTheTailIsRefused()
    {
        await _log.AppendAsync(default, "one");
        var ahead = new LogTail(7, 14, 99);
        Assert.False(await _log.AppendAsync(LogRows.After(ahead, "eight"), ahead));
        Assert.Single(await _log.ReadAllAsync());
    }

    [Fact]
    public async Task ARowOfferedAgainStandsOnce()
    {
        var first = await _log.AppendAsync(default, "one");
        var row = LogRows.After(first, "two");
        Assert.True(await _log.AppendAsync(row, first));
        Assert.True(await _log.AppendAsync(row, first));
        await _log.AppendAsync(row.AsTail(), "three");
        Assert.True(await _log.AppendAsync(row, first));
        Assert.True(await _log.AppendAsync(LogRows.After(default, "one"), default));
        Assert.Equal(["one", "two", "three"], (await _log.ReadAllAsync()).Texts());
    }

    [Fact]
    public async Task AnEmptyBodyIsRejected() =>
        await Assert.ThrowsAsync<ArgumentException>(
            async () => await _log.AppendAsync(default(LogTail).Next(1, 1, default), default));

    [Fact]
    public async Task ARowThatCannotFollowItsTailIsRejected()
    {
        var tail = await _log.AppendAsync(default, "one");
        byte[] body = LogRows.Body("two");
        await Rejected(tail.Next(tail.LastZxid, tail.LastZxid, body), tail);
        await Rejected(tail.Next(tail.LastZxid + 2, tail.LastZxid + 1, body), tail);
        await Rejected(default(LogTail).Next(1, 1, body), tail);
        await Rejected(new LogTail(-1, 0, 0).Next(1, 1, body), new LogTail(-1, 0, 0));
        await Rejected(new LogTail(0, 0, 5).Next(1, 1, body), new LogTail(0, 0, 5));
        Assert.Equal(tail, await _log.ReadTailAsync(default));

        async Task Rejected(LogRow row, LogTail expected) =>
            await Assert.ThrowsAsync<ArgumentException>(async () => await _log.AppendAsync(row, expected));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4000)]
    [InlineData(4096)]
    [InlineData(40_000)]
    [InlineData(5_000_000)]
    public async Task BodiesOfAllSizesComeBack(int length)
    {
        var tail = await _log.FillAsync(default, 3, length);
        await _log.AppendAsync(tail, "after");
        var rows = await _log.ReadAllAsync();
        Assert.Equal([length, length, length, 5], rows.Select(row => row.Body.Length));
        Assert.Equal(tail, rows[2].AsTail());
    }

    [Fact]
    public async Task WhatWasAppendedIsThereAfterReopening()
    {
        var tail = await _log.FillAsync(default, 300);
        string before = (await _log.ReadAllAsync()).Describe();
        var incarnation = _log.Incarnation;
        await _log.DisposeAsync();
        Assert.Equal([LogPath], Directory.GetFiles(_folder.Path));

        _log = SqliteLog.Open(LogPath);
        Assert.Equal(incarnation, _log.Incarnation);
        Assert.Equal(tail, await _log.ReadTailAsync(default));
        Assert.Equal(before, (await _log.ReadAllAsync()).Describe());
        await _log.AppendAsync(tail, "and on it goes");
    }

    [Fact]
    public async Task WhatWasAppendedIsThereAfterAKill()
    {
        // A copy of the files is what a process that is killed at that moment leaves behind.
        var tail = default(LogTail);
        for (int round = 0; round < 20; round++)
        {
            tail = await _log.FillAsync(tail, 37);
            using var copy = new TempFolder();
            File.Copy(LogPath, copy.File("log.db"));
            File.Copy(LogPath + "-wal", copy.File("log.db-wal"));
            await using var killed = SqliteLog.Open(copy.File("log.db"));
            Assert.Equal(tail, await killed.ReadTailAsync(default));
            Assert.Equal(tail.Position, (await killed.ReadAllAsync()).Count);
            await killed.AppendAsync(tail, "and on it goes");
        }
    }

    [Fact]
    public async Task AfterDisposalNothingIsTakenAnyMore()
    {
        await _log.DisposeAsync();
        await _log.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await _log.AppendAsync(default, "one"));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await _log.ReadTailAsync(default));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => _log.ReadAllAsync());
    }
}
