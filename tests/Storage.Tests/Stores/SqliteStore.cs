using Coordination.Storage.Sqlite;

namespace Coordination.Storage.Tests.Stores;

internal sealed class SqliteStore : IStoreUnderTest
{
    private readonly TempFolder _folder = new();

    public SqliteStore()
    {
        SqliteLog.Create(_folder.File("log.db"), Guid.NewGuid());
        SqliteCheckpoint.Create(_folder.File("checkpoint.db"), Guid.NewGuid(), Changes.Genesis, []);
    }

    public Task<ILog> OpenLogAsync() => Task.FromResult<ILog>(SqliteLog.Open(_folder.File("log.db")));

    public Task<ICheckpoint> OpenCheckpointAsync() =>
        Task.FromResult<ICheckpoint>(SqliteCheckpoint.Open(_folder.File("checkpoint.db")));

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
