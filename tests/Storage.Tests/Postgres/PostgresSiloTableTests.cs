using Coordination.Engine.Checkpoint;
using Coordination.Engine.Log;
using Coordination.Storage.Postgres;
using Npgsql;

namespace Coordination.Storage.Tests.Postgres;

/// <summary>The silos that are entered, and their numbers.</summary>
[Collection("PostgreSQL")]
public sealed class PostgresSiloTableTests(PostgresFixture fixture)
{
    private const int MostSilos = 4_000;

    private readonly string _cluster = $"cluster {Guid.NewGuid():N}";

    [Fact]
    public async Task ASiloHasTheLeastNumberThatIsFreeAndOneTooManyIsRefused()
    {
        await using var database = await PostgresDatabase.OpenAsync(
            fixture.Server.ConnectionString, _cluster, Genesis.State, Genesis.Znodes(), default);
        var first = Entry();
        Assert.Equal(1, await database.Silos.EnterAsync(first, default));
        await RunAsync(
            $"""
            INSERT INTO "{_cluster}".silo (identity, number, heartbeat, client_address)
            SELECT gen_random_uuid(), number, 0, '' FROM generate_series(2, {MostSilos - 1}) AS n (number)
            """);
        Assert.Equal(MostSilos, await database.Silos.EnterAsync(Entry(), default));

        var refused = await Assert.ThrowsAsync<LogUnavailableException>(() => database.Silos.EnterAsync(Entry(), default));
        Assert.Contains("4000 silos already", refused.Message, StringComparison.Ordinal);

        await RunAsync($"""DELETE FROM "{_cluster}".silo WHERE number IN (300, 255)""");
        Assert.Equal(255, await database.Silos.EnterAsync(Entry(), default));
    }

    private static SiloEntry Entry() =>
        new(Guid.NewGuid(), "127.0.0.1:2181", SiloRole.Participant, LogFormat.CurrentLevel);

    private async Task RunAsync(string text)
    {
        await using var connection = new NpgsqlConnection(fixture.Server.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(text, connection);
        await command.ExecuteNonQueryAsync();
    }
}
