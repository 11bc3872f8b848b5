using Coordination.Storage;

namespace Coordination.Silo;

/// <summary>Where the silo's data is, and how much of it there is, for those who ask the silo.</summary>
internal sealed class StoreMonitor(IDataStore store)
{
    // Whoever asks waits for a database that does not answer, and others wait for their turn behind.
    private static readonly TimeSpan _longestWait = TimeSpan.FromSeconds(2);

    private static readonly StoreFigures _unknown = new(-1, -1, null);

    /// <summary>The folder; or the database: its host, port, name and schema.</summary>
    public string Place => store.Description;

    /// <summary>How much there is now.</summary>
    /// <returns>-1 for what a database that is away does not tell.</returns>
    public async ValueTask<StoreFigures> MeasureAsync()
    {
        using var longest = new CancellationTokenSource(_longestWait);
        try
        {
            return await store.MeasureAsync(longest.Token);
        }
        catch (Exception failure) when (failure is LogUnavailableException or OperationCanceledException)
        {
            return _unknown;
        }
    }
}
