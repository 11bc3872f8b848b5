namespace Coordination.Client.Recipes;

/// <summary>Follows who leads, without standing for election.</summary>
/// <remarks>It knows the candidates of a <see cref="LeaderLatch"/> or a <see cref="LeaderSelector"/>, of this client or of
/// Curator. While contact is lost it goes on naming who led last, and says so by <see cref="IsStale"/>.</remarks>
public sealed class LeaderObserver : IAsyncDisposable
{
    private readonly Action<string?>? _changed;
    private readonly Lock _gate = new();
    private ZnodeCache? _cache;
    private (string Name, string Id)? _leader;

    private LeaderObserver(Action<string?>? changed) => _changed = changed;

    /// <summary>Who leads, as it has named itself; null where nobody does.</summary>
    public string? Leader
    {
        get
        {
            lock (_gate)
                return _leader?.Id;
        }
    }

    /// <summary>Whether another may lead by now, since contact is lost.</summary>
    public bool IsStale => _cache?.IsStale ?? true;

    /// <summary>Begins to follow, and waits until it is known who leads.</summary>
    /// <param name="client">The client.</param>
    /// <param name="path">The znode below which candidates queue.</param>
    /// <param name="changed">Told who leads whenever another does, null for nobody; it should be quick.</param>
    /// <param name="cancellationToken">Ends the wait, and the observer.</param>
    public static async Task<LeaderObserver> StartAsync(
        ICoordinationClient client, string path, Action<string?>? changed = null, CancellationToken cancellationToken = default)
    {
        var observer = new LeaderObserver(changed);
        var known = new SortedDictionary<(long Number, string Name), string>();
        observer._cache = await ZnodeCache.StartAsync(
            client, path, CacheScope.Children, change => observer.Take(known, path, change), cancellationToken).ConfigureAwait(false);
        return observer;
    }

    /// <summary>Ends it.</summary>
    public ValueTask DisposeAsync() => _cache?.DisposeAsync() ?? ValueTask.CompletedTask;

    // The cache tells of one change after the other.
    private void Take(SortedDictionary<(long Number, string Name), string> known, string path, CacheChange change)
    {
        string name = change.Path[Math.Min(change.Path.Length, path.Length + 1)..];
        if (!SequentialName.TryGetNumber(name, out long number))
            return;
        if (change.Now is { } znode)
            known[(number, name)] = znode.Text;
        else
            known.Remove((number, name));
        (string Name, string Id)? leader = known.Count == 0 ? null : (known.First().Key.Name, known.First().Value);
        lock (_gate)
        {
            if (leader?.Name == _leader?.Name)
                return;
            _leader = leader;
        }
        _changed?.Invoke(leader?.Id);
    }
}
