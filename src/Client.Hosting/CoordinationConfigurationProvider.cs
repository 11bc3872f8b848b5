using Coordination.Client.Recipes;
using Microsoft.Extensions.Configuration;

namespace Coordination.Client.Hosting;

/// <summary>Keeps the znodes below a path as configuration, as a cache of that tree follows them.</summary>
/// <param name="source">What is kept.</param>
/// <param name="client">What it is read by.</param>
/// <param name="own">The same, where it goes with the configuration; null where it is another's.</param>
internal sealed class CoordinationConfigurationProvider(
    CoordinationConfigurationSource source, ICoordinationClient client, IAsyncDisposable? own) : ConfigurationProvider, IDisposable
{
    private readonly CancellationTokenSource _closing = new();
    private readonly Lock _gate = new();
    private Task<ZnodeCache>? _starting;
    private bool _isLoaded;

    public override void Load()
    {
        _starting ??= Task.Run(() => ZnodeCache.StartAsync(client, source.Path, CacheScope.Tree, Take, _closing.Token));
        try
        {
            // What loads configuration cannot wait in another way; it is bounded, and no thread of the client's.
            _starting.Wait(source.LoadTimeout);
        }
        catch (AggregateException exception) when (exception.InnerException is { } inner)
        {
            throw new InvalidOperationException($"the configuration at {source.Path} cannot be read: {inner.Message}", inner);
        }
        lock (_gate)
            _isLoaded = true;
    }

    public void Dispose()
    {
        if (_closing.IsCancellationRequested)
            return;
        _closing.Cancel();
        _ = DisposeAsync();
    }

    private async Task DisposeAsync()
    {
        if (_starting is { IsCompletedSuccessfully: true } started)
            await (await started.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
        if (own is not null)
            await own.DisposeAsync().ConfigureAwait(false);
    }

    private void Take(CacheChange change)
    {
        if (change.Path.Length <= source.Path.Length)
            return;
        int start = source.Path == "/" ? 1 : source.Path.Length + 1;
        string key = change.Path[start..].Replace("/", ConfigurationPath.KeyDelimiter, StringComparison.Ordinal);
        bool isLoaded;
        lock (_gate)
        {
            // Readers are not locked out, so they are given another dictionary.
            var data = new Dictionary<string, string?>(Data, StringComparer.OrdinalIgnoreCase);
            // A znode without data is there for its children only.
            if (change.Now is { Data.Length: > 0 } znode)
                data[key] = znode.Text;
            else
                data.Remove(key);
            Data = data;
            isLoaded = _isLoaded;
        }
        if (isLoaded)
            OnReload();
    }
}
