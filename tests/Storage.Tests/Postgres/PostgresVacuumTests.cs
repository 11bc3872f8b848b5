using Coordination.Engine.Checkpoint;
using Coordination.Storage.Postgres;
using Coordination.Testing;
using Npgsql;

namespace Coordination.Storage.Tests.Postgres;

/// <summary>A silo that has a table to change which an autovacuum is at, as long as it may take.</summary>
public sealed class PostgresVacuumTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task AnAutovacuumGivesWay()
    {
        await using var server = await PostgresServer.StartAsync();
        await (await OpenAsync(server)).DisposeAsync();
        await using var connection = new NpgsqlConnection(server.ConnectionString + ";Search Path=vacuumed");
        await connection.OpenAsync();
        // Two thousand pages, a tenth of a second each.
        await ExecuteAsync(
            connection,
            """
            ALTER TABLE orleans_silo DROP COLUMN noted_silent;
            ALTER TABLE orleans_silo SET (
              autovacuum_vacuum_threshold = 0, autovacuum_vacuum_scale_factor = 0,
              autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1);
            INSERT INTO orleans_membership VALUES ('d', 1);
            INSERT INTO orleans_silo
            SELECT 'd', repeat('x', 80), 1, number, 'n', 'h', 6, 1, NULL, now(), now() FROM generate_series(1, 80000) AS number;
            DELETE FROM orleans_silo
            """);
        await ExecuteAsync(connection, "ALTER SYSTEM SET autovacuum_naptime = 1");
        await ExecuteAsync(connection, "SELECT pg_reload_conf()");
        using var patience = new CancellationTokenSource(s_patience);
        while (!await IsVacuumedAsync(connection))
            await Task.Delay(20, patience.Token);
        await (await OpenAsync(server)).DisposeAsync();
        await ExecuteAsync(connection, "SELECT noted_silent FROM orleans_silo");
    }

    private static Task<PostgresDatabase> OpenAsync(PostgresServer server) => PostgresDatabase.OpenAsync(
        server.ConnectionString, "vacuumed", Genesis.State, Genesis.Znodes(), default);

    private static async Task<bool> IsVacuumedAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT EXISTS (
              SELECT FROM pg_locks
              WHERE relation = 'orleans_silo'::regclass AND mode = 'ShareUpdateExclusiveLock' AND granted)
            """,
            connection);
        return await command.ExecuteScalarAsync() is true;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string text)
    {
        await using var command = new NpgsqlCommand(text, connection);
        await command.ExecuteNonQueryAsync();
    }
}
