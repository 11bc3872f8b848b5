namespace Coordination.Client.Recipes;

/// <summary>A value that is read from memory, follows the original, and is changed by who knows it.</summary>
/// <remarks>The layout is that of Curator's <c>SharedValue</c>: the bytes are a znode's data. While contact is lost it goes on
/// answering with what it knew last, and says so by <see cref="IsStale"/>. It needs lasting watches, which servers have from
/// ZooKeeper 3.6 on.</remarks>
public sealed class CachedValue : IAsyncDisposable
{
    private readonly AtomicValue _value;
    private readonly Action<Znode?>? _changed;
    private readonly Lock _gate = new();
    private ZnodeCache? _cache;
    private Znode? _known;

    private CachedValue(ICoordinationClient client, string path, Action<Znode?>? changed)
    {
        _value = new AtomicValue(client, path);
        _changed = changed;
    }

    /// <summary>The value that is known; null where there is none. What <see cref="TrySetAsync"/> has set is known at once.</summary>
    public Znode? Current
    {
        get
        {
            lock (_gate)
                return _known;
        }
    }

    /// <summary>Whether the value may be another by now, since contact is lost.</summary>
    public bool IsStale => _cache?.IsStale ?? true;

    /// <summary>Begins to follow a value, and waits until it is known.</summary>
    /// <param name="client">The client.</param>
    /// <param name="path">The znode, which need not exist; created with those above it by the first change.</param>
    /// <param name="changed">Told of each value that is learned of, null for none; it should be quick. Null for
    /// nobody.</param>
    /// <param name="cancellationToken">Ends the wait, and the object.</param>
    public static async Task<CachedValue> StartAsync(
        ICoordinationClient client, string path, Action<Znode?>? changed = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        var value = new CachedValue(client, path, changed);
        value._cache = await ZnodeCache.StartAsync(client, path, CacheScope.Node, value.Take, cancellationToken)
            .ConfigureAwait(false);
        return value;
    }

    /// <summary>Sets the value if it still is the one that is known here.</summary>
    /// <returns>Whether it was set; where not, the value that there is will be known soon.</returns>
    /// <exception cref="ConnectionLossException">It is not known whether it was set.</exception>
    public async ValueTask<bool> TrySetAsync(ReadOnlyMemory<byte> value, CancellationToken cancellationToken = default)
    {
        if (await _value.TryWriteAsync(value, Current, cancellationToken).ConfigureAwait(false) is not { } stat)
            return false;
        Learn(new Znode(value.ToArray(), stat));
        return true;
    }

    /// <summary>Changes the value, as often as it takes until nobody else has changed it meanwhile.</summary>
    /// <param name="change">Makes the new value of the old one, which is empty where there is none. It may be called
    /// several times.</param>
    /// <param name="cancellationToken">Ends the attempts.</param>
    /// <returns>The new value, which will be known here soon.</returns>
    /// <exception cref="ConnectionLossException">It is not known whether it was changed.</exception>
    public ValueTask<ReadOnlyMemory<byte>> UpdateAsync(
        Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> change, CancellationToken cancellationToken = default) =>
        _value.UpdateAsync(change, cancellationToken);

    /// <summary>Ends it; what it knows can still be read, and grows stale.</summary>
    public ValueTask DisposeAsync() => _cache?.DisposeAsync() ?? ValueTask.CompletedTask;

    private void Take(CacheChange change)
    {
        if (change.Now is { } znode)
        {
            Learn(znode);
            return;
        }
        lock (_gate)
            _known = null;
        _changed?.Invoke(null);
    }

    // What is read for the cache may be older than what was set since.
    private void Learn(in Znode znode)
    {
        lock (_gate)
        {
            if (_known is { } known && known.Stat.Mzxid >= znode.Stat.Mzxid)
                return;
            _known = znode;
        }
        _changed?.Invoke(znode);
    }
}
