using Coordination.Engine.Checkpoint;
using Coordination.Engine.Log;
using Coordination.Storage.Postgres;
using Coordination.Testing;
using Npgsql;

namespace Coordination.Storage.Tests.Postgres;

/// <summary>A database whose commits wait for a standby, which is missing.</summary>
public sealed class PostgresStandbyTests : IAsyncLifetime
{
    private const int Offers = 3;
    // As it is appended, or as it is found.
    private const string OfARow = "^(INSERT INTO log|SELECT true FROM log)";

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

    [Theory]
    [InlineData("pg_terminate_backend")]
    [InlineData("pg_cancel_backend")]
    public async Task ARowIsNotAcknowledgedThatIsCommittedHereAlone(string cutsShort)
    {
        var tail = await _database.Log.AppendAsync(default, "one");
        await ExpectNotAcknowledgedAsync(LogRows.After(tail, "offered"), tail, cutsShort);
        Assert.Equal(["one", "offered"], (await _database.Log.ReadAllAsync()).Texts());
    }

    [Theory]
    [InlineData("pg_terminate_backend")]
    [InlineData("pg_cancel_backend")]
    public async Task TheFirstRowIsNotAcknowledgedThatIsCommittedHereAlone(string cutsShort)
    {
        await ExpectNotAcknowledgedAsync(LogRows.After(default, "offered"), default, cutsShort);
        Assert.Equal(["offered"], (await _database.Log.ReadAllAsync()).Texts());
    }

    [Fact]
    public async Task AHeartbeatThatIsCommittedHereAloneIsNone()
    {
        var silo = new SiloEntry(Guid.NewGuid(), "127.0.0.1:2181", SiloRole.Participant, LogFormat.CurrentLevel);
        await _database.Silos.EnterAsync(silo, default);
        await using var connection = await ConnectAsync();
        await _server.WaitForStandbyAsync("missing");
        var probe = await WaitUntilInForceAsync(connection);

        var beating = Task.Run(() => _database.Silos.BeatAsync(silo.Identity, default));
        int waiting = await WaitingAsync(connection, "^UPDATE silo");
        Assert.True(await AskAsync<bool>(connection, $"SELECT pg_cancel_backend({waiting})"));
        var failure = await Assert.ThrowsAsync<LogUnavailableException>(() => beating.WaitAsync(s_patience));
        Assert.Contains("came with a warning", failure.Message, StringComparison.Ordinal);

        await _server.WaitForStandbyAsync("");
        Assert.True(await _database.Silos.BeatAsync(silo.Identity, default));
        await probe.WaitAsync(s_patience);
    }

    private async Task ExpectNotAcknowledgedAsync(LogRow row, LogTail tail, string cutsShort)
    {
        await using var connection = await ConnectAsync();
        await _server.WaitForStandbyAsync("missing");
        var probe = await WaitUntilInForceAsync(connection);

        var offering = Task.Run(() => OfferAsync(row, tail));
        for (int offer = 0; offer < Offers; offer++)
        {
            // Who is ended, or cancelled, while he waits for the standby has committed all the same, and everybody sees the row.
            int waiting = await WaitingAsync(connection, OfARow);
            Assert.Equal(offer > 0 ? 1L : 0L, await AskAsync<long>(connection, "SELECT count(*) FROM log WHERE body = 'offered'"));
            var cut = await AskAsync<DateTime>(connection, "SELECT clock_timestamp()");
            Assert.True(await AskAsync<bool>(connection, $"SELECT {cutsShort}({waiting})"));
            await NotWaitingAsync(connection, waiting, cut);
        }
        await WaitingAsync(connection, OfARow);
        Assert.False(offering.IsCompleted);
        await _server.WaitForStandbyAsync("");
        Assert.True(await offering.WaitAsync(s_patience));
        await probe.WaitAsync(s_patience);
    }

    // A commit that waits, as all do from then on.
    private async Task<Task> WaitUntilInForceAsync(NpgsqlConnection connection)
    {
        using var patience = new CancellationTokenSource(s_patience);
        while (true)
        {
            var probe = CommitAsync();
            while (!probe.IsCompleted)
            {
                if (await AskAsync<bool>(connection, "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = 'SyncRep')"))
                    return probe;
                await Task.Delay(10, patience.Token);
            }
            await probe;
        }
    }

    private async Task CommitAsync()
    {
        await using var connection = await ConnectAsync();
        await using var command = new NpgsqlCommand("SELECT pg_logical_emit_message(true, 'probe', 'probe')", connection)
        {
            CommandTimeout = 0,
        };
        await command.ExecuteNonQueryAsync();
    }

    // The process that waits for a standby to have what a statement has written.
    private static async Task<int> WaitingAsync(NpgsqlConnection connection, string statement)
    {
        using var patience = new CancellationTokenSource(s_patience);
        while (true)
        {
            int found = await AskAsync<int>(
                connection,
                $"SELECT coalesce(max(pid), 0) FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND query ~ '{statement}'");
            if (found != 0)
                return found;
            await Task.Delay(10, patience.Token);
        }
    }

    // What it waits for afterwards is another statement's commit.
    private static async Task NotWaitingAsync(NpgsqlConnection connection, int process, DateTime cut)
    {
        using var patience = new CancellationTokenSource(s_patience);
        while (await AskAsync<bool>(
            connection,
            $"""
            SELECT EXISTS (SELECT FROM pg_stat_activity
              WHERE pid = {process} AND wait_event = 'SyncRep' AND query_start < '{cut:O}'::timestamptz)
            """))
        {
            await Task.Delay(10, patience.Token);
        }
    }

    // As the writer does.
    private async Task<bool> OfferAsync(LogRow row, LogTail tail)
    {
        while (true)
        {
            try
            {
                return await _database.Log.AppendAsync(row, tail);
            }
            catch (LogOutcomeUnknownException)
            {
                await Task.Delay(10);
            }
        }
    }

    private async Task<NpgsqlConnection> ConnectAsync()
    {
        var connection = new NpgsqlConnection(_server.ConnectionString + ";Search Path=cluster;Pooling=false");
        await connection.OpenAsync();
        return connection;
    }

    private static async Task<T> AskAsync<T>(NpgsqlConnection connection, string text)
    {
        await using var command = new NpgsqlCommand(text, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }
}
