using Coordination.Client.Recipes;
using Microsoft.Extensions.Configuration;

namespace Coordination.Client.Hosting;

/// <summary>Keeps the znodes below a path as configuration, as a cache of that tree follows them.</summary>
internal sealed class CoordinationConfigurationProvider(CoordinationConfigurationSource source) : ConfigurationProvider, IDisposable
{
    private readonly CancellationTokenSource _closing = new();
    private readonly Lock _gate = new();
    private Task<ZnodeCache>? _starting;
    private bool _isLoaded;

    public override void Load()
    {
        _starting ??= Task.Run(() => ZnodeCache.StartAsync(source.Client, source.Path, CacheScope.Tree, Take, _closing.Token));
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
        if (_starting is { IsCompletedSuccessfully: true })
            _ = _starting.Result.DisposeAsync().AsTask();
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
