using System.Security.Cryptography;
using System.Text;
using Coordination.Engine.Checkpoint;
using Coordination.Storage.Postgres;
using Npgsql;

namespace Coordination.Storage.Tests.Postgres;

/// <summary>A schema of an older version is brought up to this one, by however many silos start at once.</summary>
[Collection("PostgreSQL")]
public sealed class PostgresUpgradeTests(PostgresFixture fixture) : IAsyncLifetime
{
    private readonly string _cluster = $"older {Guid.NewGuid():N}";
    private NpgsqlConnection _connection = null!;

    public async Task InitializeAsync()
    {
        var settings = new NpgsqlConnectionStringBuilder(fixture.Server.ConnectionString) { SearchPath = $"\"{_cluster}\"" };
        _connection = new NpgsqlConnection(settings.ConnectionString);
        await _connection.OpenAsync();
    }

    public async Task DisposeAsync() => await _connection.DisposeAsync();

    [Fact]
    public async Task EveryStepIsTakenOnceWhoeverComesFirst()
    {
        await MakeAsync(1);
        await ExecuteAsync($"INSERT INTO silo VALUES ('{Guid.NewGuid()}', 7, 3, 'old:2181')");
        await ExecuteAsync("INSERT INTO log VALUES (1, 4294967297, 4294967297, decode(repeat('00', 16), 'hex'), 'a')");
        var opened = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => OpenAsync()));
        Assert.Single(opened.Select(database => database.Log.Incarnation).Distinct());
        Assert.Equal(PostgresSchema.Version, await ReadAsync("SELECT format FROM log_state"));
        Assert.Equal(1L, await ReadAsync("SELECT count(*) FROM log"));
        var old = Assert.Single(await opened[0].Silos.ReadAsync(default));
        Assert.Equal((7, 3L, "old:2181"), (old.Number, old.Heartbeat, old.Entry.ClientAddress));
        Assert.Equal((SiloRole.Participant, 1), (old.Entry.Role, old.Entry.FormatLevel));
        foreach (var database in opened)
            await database.DisposeAsync();
    }

    [Fact]
    public async Task AnUpgradedSchemaIsLikeANewOne()
    {
        const string columns =
            """
            SELECT string_agg(concat_ws(' ', table_name, column_name, data_type, is_nullable, column_default), ', '
              ORDER BY table_name, column_name)
            FROM information_schema.columns WHERE table_schema = current_schema()
            """;
        await MakeAsync(1);
        await (await OpenAsync()).DisposeAsync();
        object? upgraded = await ReadAsync(columns);
        await ExecuteAsync($"DROP SCHEMA \"{_cluster}\" CASCADE");
        await (await OpenAsync()).DisposeAsync();
        Assert.Equal(await ReadAsync(columns), upgraded);
    }

    [Fact]
    public async Task ASiloOfTheVersionBeforeGoesOnBesideNewerOnes()
    {
        await MakeAsync(1);
        await using var database = await OpenAsync();
        var identity = Guid.NewGuid();
        await ExecuteAsync(
            $"INSERT INTO silo (identity, number, heartbeat, client_address) VALUES ('{identity}', 1, 0, 'old:2181')");
        Assert.Equal(2, await database.Silos.EnterAsync(new SiloEntry(Guid.NewGuid(), "new:2181", SiloRole.Observer, 1), default));
        Assert.True(await database.Silos.BeatAsync(identity, default));
        var silos = await database.Silos.ReadAsync(default);
        Assert.Equal(["old:2181", "new:2181"], silos.OrderBy(silo => silo.Order).Select(silo => silo.Entry.ClientAddress));
        Assert.Equal([SiloRole.Participant, SiloRole.Observer], silos.Select(silo => silo.Entry.Role));
    }

    [Fact]
    public async Task AnUpgradeThatFailsLeavesNothingBehind()
    {
        await MakeAsync(1);
        await ExecuteAsync("ALTER TABLE silo ADD COLUMN format_level integer");
        await Assert.ThrowsAsync<DatabaseException>(OpenAsync);
        Assert.Equal(1, await ReadAsync("SELECT format FROM log_state"));
        Assert.Equal(0L, await ReadAsync(
            "SELECT count(*) FROM information_schema.columns WHERE table_schema = current_schema() AND column_name = 'is_observer'"));
        await ExecuteAsync("ALTER TABLE silo DROP COLUMN format_level");
        await (await OpenAsync()).DisposeAsync();
    }

    [Fact]
    public async Task StatementsOfOrleansThatAreNewerStayAsTheyAre()
    {
        await (await OpenAsync()).DisposeAsync();
        await ExecuteAsync(
            $"UPDATE orleansquery SET querytext = 'newer', version = {OrleansSchema.Version + 1} WHERE querykey = 'MembershipReadAllKey'");
        await ExecuteAsync("UPDATE orleansquery SET querytext = 'older', version = 0 WHERE querykey = 'GatewaysQueryKey'");
        // As a program that knew of no versions does it.
        await ExecuteAsync("UPDATE orleansquery SET querytext = 'older' WHERE querykey = 'DeleteMembershipTableEntriesKey'");
        await (await OpenAsync()).DisposeAsync();
        await ExpectStatementsAsync(("MembershipReadAllKey", "newer"));
    }

    [Fact]
    public async Task StatementsOfOrleansWithoutAVersionAreReplaced()
    {
        await (await OpenAsync()).DisposeAsync();
        await ExecuteAsync("ALTER TABLE orleansquery DROP COLUMN version");
        await ExecuteAsync("UPDATE orleansquery SET querytext = 'older'");
        await (await OpenAsync()).DisposeAsync();
        await ExpectStatementsAsync();
    }

    [Fact]
    public void AChangeToAStatementOfOrleansGivesThemAnotherVersion()
    {
        string all = string.Join('\n', OrleansSchema.Statements.Select(statement => $"{statement.Key}\n{statement.Text}"));
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(all)))[..16];
        Assert.Equal((2, "7f2c4d840a9e5d99"), (OrleansSchema.Version, hash));
    }

    private async Task ExpectStatementsAsync(params (string Key, string Text)[] others)
    {
        var expected = OrleansSchema.Statements.ToDictionary(statement => statement.Key, statement => statement.Text);
        foreach (var (key, text) in others)
            expected[key] = text;
        foreach (var (key, text) in expected)
            Assert.Equal(text, await ReadAsync($"SELECT querytext FROM orleansquery WHERE querykey = '{key}'"));
    }

    // As a program that knew this many steps made it.
    private async Task MakeAsync(int version)
    {
        await ExecuteAsync($"CREATE SCHEMA \"{_cluster}\"");
        foreach (var (_, step) in PostgresSchemaSteps.All.Take(version))
            await ExecuteAsync(step);
        await ExecuteAsync(
            $"INSERT INTO log_state VALUES (true, {version}, '{Guid.NewGuid()}', 0, 0, decode(repeat('00', 16), 'hex'))");
        await ExecuteAsync("INSERT INTO checkpoint_state VALUES (true, 0, 0, decode(repeat('00', 16), 'hex'), 0, 1, 0)");
    }

    private Task<PostgresDatabase> OpenAsync() => PostgresDatabase.OpenAsync(
        fixture.Server.ConnectionString, _cluster, Genesis.State, Genesis.Znodes(), default);

    private async Task ExecuteAsync(string text)
    {
        await using var command = new NpgsqlCommand(text, _connection);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<object?> ReadAsync(string text)
    {
        await using var command = new NpgsqlCommand(text, _connection);
        return await command.ExecuteScalarAsync();
    }
}
