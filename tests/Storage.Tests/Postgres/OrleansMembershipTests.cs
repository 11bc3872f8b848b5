using Coordination.Engine.Checkpoint;
using Coordination.Storage.Postgres;
using Npgsql;

namespace Coordination.Storage.Tests.Postgres;

/// <summary>The statements by which Orleans knows its silos, as its provider runs them.</summary>
[Collection("PostgreSQL")]
public sealed class OrleansMembershipTests(PostgresFixture fixture) : IAsyncLifetime
{
    private const int Active = 3;

    // As a silo's clock may be, without being wrong by more than is common.
    private static readonly TimeSpan s_behind = TimeSpan.FromMinutes(1);

    private readonly DateTime _alive = DateTime.UtcNow - s_behind;
    private readonly string _cluster = $"members {Guid.NewGuid():N}";
    private NpgsqlConnection _connection = null!;

    public async Task InitializeAsync()
    {
        await (await PostgresDatabase.OpenAsync(
            fixture.Server.ConnectionString, _cluster, Genesis.State, Genesis.Znodes(), default)).DisposeAsync();
        var settings = new NpgsqlConnectionStringBuilder(fixture.Server.ConnectionString) { SearchPath = $"\"{_cluster}\"" };
        _connection = new NpgsqlConnection(settings.ConnectionString);
        await _connection.OpenAsync();
        Assert.Equal(true, await RunAsync("InsertMembershipVersionKey"));
        Assert.Equal(true, await RunAsync("InsertMembershipKey", ("Version", 0)));
    }

    public async Task DisposeAsync() => await _connection.DisposeAsync();

    [Fact]
    public async Task ASiloWhoseClockIsBehindIsNotTakenForSilent()
    {
        await ReadVersionAsync();
        Assert.Equal(1, await ReadVersionAsync());
        await SilenceAsync("heard");
        await RunAsync("UpdateIAmAlivetimeKey");
        await ReadVersionAsync();
        Assert.Equal(1, await ReadVersionAsync());
    }

    [Fact]
    public async Task TheVersionRisesForASiloThatIsSilentOnceInFiveSeconds()
    {
        await SilenceAsync("heard");
        await ReadVersionAsync();
        Assert.Equal(2, await ReadVersionAsync());
        await SilenceAsync("noted_silent");
        await ReadVersionAsync();
        Assert.Equal(3, await ReadVersionAsync());
    }

    /// <summary>What others think of it is nothing that it has said.</summary>
    [Fact]
    public async Task ASiloThatOthersSuspectIsSilentAllTheSame()
    {
        await SilenceAsync("heard");
        Assert.Equal(true, await RunAsync("UpdateMembershipKey", ("Version", 1)));
        await ReadVersionAsync();
        Assert.Equal(3, await ReadVersionAsync());
    }

    /// <summary>One that was started before the version that knows better, and says only what its own clock says.</summary>
    [Fact]
    public async Task AnOlderSiloIsJudgedByItsOwnClock()
    {
        await ExecuteAsync("UPDATE orleans_silo SET heard = NULL, alive = now()");
        await ReadVersionAsync();
        Assert.Equal(1, await ReadVersionAsync());
        await ExecuteAsync("UPDATE orleans_silo SET alive = now() - interval '1 min'");
        await ReadVersionAsync();
        Assert.Equal(2, await ReadVersionAsync());
    }

    private Task SilenceAsync(string column) => ExecuteAsync($"UPDATE orleans_silo SET {column} = now() - interval '21 s'");

    // What it returns is from before what it has changed.
    private async Task<int> ReadVersionAsync() => (int)(await RunAsync("MembershipReadAllKey"))!;

    private async Task<object?> RunAsync(string key, params (string Name, object Value)[] others)
    {
        string text = OrleansSchema.Statements.Single(statement => statement.Key == key).Text;
        await using var command = new NpgsqlCommand(text, _connection);
        (string Name, object Value)[] all =
        [
            ("DeploymentId", "d"), ("Address", "127.0.0.1"), ("Port", 1), ("Generation", 1), ("SiloName", "s"), ("HostName", "h"),
            ("Status", Active), ("ProxyPort", 2), ("StartTime", _alive), ("IAmAliveTime", _alive), ("SuspectTimes", ""),
            .. others,
        ];
        foreach (var (name, value) in all)
        {
            if (text.Contains($"@{name}", StringComparison.Ordinal))
                command.Parameters.AddWithValue(name, value);
        }
        return await command.ExecuteScalarAsync();
    }

    private async Task ExecuteAsync(string text)
    {
        await using var command = new NpgsqlCommand(text, _connection);
        await command.ExecuteNonQueryAsync();
    }
}
