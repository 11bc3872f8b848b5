namespace Coordination.Storage;

/// <summary>Where a silo's log and checkpoint are: a folder of its own, or a database that a cluster shares.</summary>
public interface IDataStore : IAsyncDisposable
{
    /// <summary>Where it is, as an operator would say.</summary>
    string Description { get; }

    /// <summary>The log; it is closed with the store.</summary>
    ILog Log { get; }

    /// <summary>The log's checkpoint; it is closed with the store.</summary>
    ICheckpoint Checkpoint { get; }

    /// <summary>Looks how much it holds.</summary>
    /// <exception cref="LogUnavailableException">That cannot be told now.</exception>
    ValueTask<StoreFigures> MeasureAsync(CancellationToken cancellationToken);

    /// <summary>Wakes those that share the log.</summary>
    ILogNotices Notices { get; }
}
