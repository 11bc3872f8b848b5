using Coordination.Storage.Postgres;
using Coordination.Testing;
using Npgsql;

namespace Coordination.Storage.Tests.Stores;

/// <summary>A cluster of its own in the tests' database.</summary>
internal sealed class PostgresStore : IStoreUnderTest
{
    private readonly string _cluster = $"test-{Guid.NewGuid():N}";
    private readonly List<PostgresDatabase> _opened = [];
    private readonly PostgresServer _server;
    private readonly NpgsqlDataSource _direct;

    public PostgresStore(PostgresServer server)
    {
        _server = server;
        var settings = new NpgsqlConnectionStringBuilder(server.ConnectionString) { SearchPath = $"\"{_cluster}\"" };
        _direct = NpgsqlDataSource.Create(settings);
    }

    public async Task<ILog> OpenLogAsync()
    {
        var database = await OpenAsync();
        // It keeps what is not in the checkpoint: this one has all that there will be.
        await using var command = _direct.CreateCommand("UPDATE checkpoint_state SET position = 1000000000");
        await command.ExecuteNonQueryAsync();
        return database.Log;
    }

    public async Task<ICheckpoint> OpenCheckpointAsync() => new LoggedCheckpoint(await OpenAsync(), _direct);

    public async ValueTask DisposeAsync()
    {
        foreach (var database in _opened)
            await database.DisposeAsync();
        await _direct.DisposeAsync();
    }

    private async Task<PostgresDatabase> OpenAsync()
    {
        var database = await PostgresDatabase.OpenUncheckedAsync(
            _server.ConnectionString, _cluster, Changes.Genesis, [], SchemaLimits.ForSilo, default);
        _opened.Add(database);
        return database;
    }
}
