using System.Diagnostics;
using Coordination.Engine.Checkpoint;
using Coordination.Storage.Postgres;
using Coordination.Testing;

namespace Coordination.Storage.Tests.Postgres;

/// <summary>What a log says while its database is gone, and after.</summary>
public sealed class PostgresOutageTests : IAsyncLifetime
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private PostgresServer _server = null!;
    private PostgresDatabase _database = null!;

    public async Task InitializeAsync()
    {
        _server = await PostgresServer.StartAsync();
        _database = await PostgresDatabase.OpenAsync(
            _server.ConnectionString, "cluster", Genesis.State, Genesis.Znodes(), default);
    }

    public async Task DisposeAsync()
    {
        await _database.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task WhatWasAppendedIsThereAfterAKill()
    {
        var tail = await _database.Log.AppendAsync(default, "one", "two");
        await _server.KillAsync();
        await _server.StartAgainAsync();
        Assert.Equal(tail, await _database.Log.ReadTailAsync(default));
        Assert.Equal(["one", "two"], (await _database.Log.ReadAllAsync()).Texts());
    }

    /// <summary>Connections that have broken meanwhile are found out and replaced within the call.</summary>
    [Fact]
    public async Task NothingFailsOnceTheDatabaseIsBack()
    {
        var tail = await _database.Log.AppendAsync(default, "one");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _database.Log.ReadTailAsync(default).AsTask()));
        await _server.KillAsync();
        await _server.StartAgainAsync();
        tail = await _database.Log.AppendAsync(tail, "two");
        Assert.Equal(tail, await _database.Log.ReadTailAsync(default));
        Assert.Equal(Genesis.State, await _database.Checkpoint.ReadStateAsync(default));
        await _server.StopAsync();
        await _server.StartAgainAsync();
        Assert.Empty((await _database.Log.Turns.ReadNextAsync(tail)).Rows);
        await _database.Log.AppendAsync(tail, "three");
        Assert.Equal(["one", "two", "three"], (await _database.Log.ReadAllAsync()).Texts());
    }

    [Fact]
    public async Task AnAppendDuringAnOutageIsUnknownOrUnavailableAndStandsOnceAfterIt()
    {
        var tail = await _database.Log.AppendAsync(default, "one");
        await _server.KillAsync();
        var row = LogRows.After(tail, "two");
        await Assert.ThrowsAnyAsync<Exception>(() => _database.Log.AppendAsync(row, tail).AsTask());
        await Assert.ThrowsAsync<LogUnavailableException>(() => _database.Log.AppendAsync(row, tail).AsTask());
        await Assert.ThrowsAsync<LogUnavailableException>(() => _database.Log.ReadTailAsync(default).AsTask());
        await _server.StartAgainAsync();
        Assert.True(await _database.Log.AppendAsync(row, tail));
        Assert.True(await _database.Log.AppendAsync(row, tail));
        Assert.Equal(["one", "two"], (await _database.Log.ReadAllAsync()).Texts());
    }

    /// <summary>Whoever follows or trims the log tries again later: nothing else than "unavailable" may come out of it.</summary>
    [Fact]
    public async Task WhateverIsAskedDuringAnOutageIsUnavailable()
    {
        await _database.Log.AppendAsync(default, "one", "two");
        await _database.Log.ReadAllAsync();
        await _server.KillAsync();
        // The first of each finds a connection of the pool that has just broken, the second none.
        for (int round = 0; round < 2; round++)
        {
            await Assert.ThrowsAsync<LogUnavailableException>(() => _database.Log.ReadAllAsync());
            await Assert.ThrowsAsync<LogUnavailableException>(() => _database.Log.ReadFirstPositionAsync(default).AsTask());
            await Assert.ThrowsAsync<LogUnavailableException>(() => _database.Log.FindFirstOfLastAsync(1, default).AsTask());
            await Assert.ThrowsAsync<LogUnavailableException>(() => _database.Log.TrimAsync(2, default).AsTask());
            await Assert.ThrowsAsync<LogUnavailableException>(() => _database.Checkpoint.ReadStateAsync(default).AsTask());
            await Assert.ThrowsAsync<LogUnavailableException>(() => _database.Checkpoint.FlushAsync(default).AsTask());
        }
    }

    /// <summary>A row is offered until it is known to stand, through kills at any moment: it stands once.</summary>
    [Fact]
    public async Task RowsThatAreOfferedUntilTheyStandStandOnce()
    {
        var tail = await _database.Log.AppendAsync(default, "0");
        using var stopping = new CancellationTokenSource();
        int acknowledged = 0;
        var appending = Task.Run(async () =>
        {
            for (int i = 1; !stopping.IsCancellationRequested; i++)
            {
                var row = LogRows.After(tail, $"{i}");
                while (!await TryAppendAsync(row, tail))
                    await Task.Delay(10);
                tail = row.AsTail();
                acknowledged = i;
            }
        });
        for (int kill = 0; kill < 3; kill++)
        {
            await AcknowledgedAsync(5);
            await _server.KillAsync();
            await _server.StartAgainAsync();
        }
        await AcknowledgedAsync(5);
        await stopping.CancelAsync();
        await appending.WaitAsync(s_patience);
        Assert.Equal(Enumerable.Range(0, acknowledged + 1).Select(i => $"{i}"), (await _database.Log.ReadAllAsync()).Texts());

        async Task AcknowledgedAsync(int more)
        {
            int before = Volatile.Read(ref acknowledged);
            await Task.Delay(300);
            for (var waited = Stopwatch.StartNew(); Volatile.Read(ref acknowledged) < before + more;)
            {
                Assert.True(waited.Elapsed < s_patience, "nothing is acknowledged");
                await Task.Delay(10);
            }
        }
    }

    private async Task<bool> TryAppendAsync(LogRow row, LogTail tail)
    {
        try
        {
            Assert.True(await _database.Log.AppendAsync(row, tail));
            return true;
        }
        catch (Exception e) when (e is LogUnavailableException or LogOutcomeUnknownException)
        {
            return false;
        }
    }
}
