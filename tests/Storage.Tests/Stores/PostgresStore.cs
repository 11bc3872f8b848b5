using Coordination.Storage.Postgres;
using Coordination.Testing;

namespace Coordination.Storage.Tests.Stores;

/// <summary>A cluster of its own in the tests' database.</summary>
internal sealed class PostgresStore(PostgresServer server) : IStoreUnderTest
{
    private readonly string _cluster = $"test-{Guid.NewGuid():N}";
    private readonly List<PostgresDatabase> _opened = [];

    public async Task<ILog> OpenLogAsync() => (await OpenAsync()).Log;

    public async Task<ICheckpoint> OpenCheckpointAsync() => (await OpenAsync()).Checkpoint;

    public async ValueTask DisposeAsync()
    {
        foreach (var database in _opened)
            await database.DisposeAsync();
    }

    private async Task<PostgresDatabase> OpenAsync()
    {
        var database = await PostgresDatabase.OpenUncheckedAsync(
            server.ConnectionString, _cluster, Changes.Genesis, [], default);
        _opened.Add(database);
        return database;
    }
}
