namespace Coordination.Storage.Tests.Stores;

/// <summary>A new log and an empty checkpoint, which can be opened as often as a test likes.</summary>
internal interface IStoreUnderTest : IAsyncDisposable
{
    Task<ILog> OpenLogAsync();

    Task<ICheckpoint> OpenCheckpointAsync();
}
