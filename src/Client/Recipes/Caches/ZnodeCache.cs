using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Coordination.Protocol;

namespace Coordination.Client.Recipes;

/// <summary>A copy of a znode, its children or its tree, which follows the original.</summary>
/// <remarks>
/// It goes on answering while contact is lost, and says so by <see cref="IsStale"/>; when contact is back it reads all
/// anew, and so misses no state that lasts, though it may miss some that came and went. It needs lasting watches, which
/// servers have from ZooKeeper 3.6 on; only <see cref="IsStale"/> tells that a server has them not. What the client may not
/// read is left out, as if it were not there.
/// </remarks>
public sealed class ZnodeCache : IAsyncDisposable
{
    // More changes than that are not worth telling apart: then all is read anew.
    private const int MostDirty = 10_000;
    private const int ReadsAtATime = 128;

    private static readonly TimeSpan _rest = TimeSpan.FromMilliseconds(100);

    private readonly ICoordinationClient _client;
    private readonly CacheScope _scope;
    private readonly ConcurrentDictionary<string, Znode> _known = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly SemaphoreSlim _wake = new(0, 1);
    private HashSet<string> _dirty = new(StringComparer.Ordinal);
    private bool _mustReload = true;
    private volatile bool _isStale = true;
    private IAsyncDisposable? _watch;
    private Task _following = Task.CompletedTask;

    private ZnodeCache(ICoordinationClient client, string path, CacheScope scope)
    {
        _client = client;
        Path = ChrootPath.ToServer(string.Empty, path);
        _scope = scope;
    }

    /// <summary>A change was learned of. Called for one after the other, by the thread that keeps the cache, so it should
    /// be quick; what it throws is ignored.</summary>
    public event Action<CacheChange>? Changed;

    /// <summary>The znode that it is about.</summary>
    public string Path { get; }

    /// <summary>Whether the copy may be behind for longer than a moment: contact is lost, or it was not all read yet.</summary>
    public bool IsStale => _isStale || _client.State != SessionState.Connected;

    /// <summary>Everything that is known, by path.</summary>
    public IReadOnlyDictionary<string, Znode> Znodes => _known;

    /// <summary>Makes a cache, and waits until all is read.</summary>
    /// <param name="client">The client.</param>
    /// <param name="path">The znode, which need not exist.</param>
    /// <param name="scope">How much is kept.</param>
    /// <param name="changed">Told of each change, from the first read on; null for nobody.</param>
    /// <param name="cancellationToken">Ends the wait, and the cache.</param>
    public static async Task<ZnodeCache> StartAsync(
        ICoordinationClient client, string path, CacheScope scope, Action<CacheChange>? changed = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        var cache = new ZnodeCache(client, path, scope);
        cache.Changed += changed;
        try
        {
            cache._watch = await client.WatchAsync(cache.Path, AddWatchMode.PersistentRecursive, cache.Take, cancellationToken)
                .ConfigureAwait(false);
            var loaded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            cache._following = Task.Run(() => cache.FollowAsync(loaded), CancellationToken.None);
            await loaded.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            return cache;
        }
        catch
        {
            await cache.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>What is known of a znode.</summary>
    public bool TryGet(string path, out Znode znode) => _known.TryGetValue(path, out znode);

    /// <summary>What is known of the znode that it is about.</summary>
    public bool TryGet([NotNullWhen(true)] out Znode znode) => _known.TryGetValue(Path, out znode);

    /// <summary>The names of a znode's children that are known, in the order of their bytes.</summary>
    public IReadOnlyList<string> GetChildren(string path)
    {
        string prefix = Prefix(path);
        return [.. _known.Keys
            .Where(known => known.Length > prefix.Length && known.StartsWith(prefix, StringComparison.Ordinal)
                && known.IndexOf('/', prefix.Length) < 0)
            .Select(known => known[prefix.Length..])
            .Order(StringComparer.Ordinal)];
    }

    /// <summary>Ends it; what it knows can still be read, and grows stale.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        _isStale = true;
        if (_watch is not null)
            await _watch.DisposeAsync().ConfigureAwait(false);
        await _following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static string Prefix(string path) => path == "/" ? path : path + "/";

    private void Take(WatchEvent watchEvent)
    {
        lock (_gate)
        {
            if (watchEvent.Type == WatchEventType.None)
            {
                _isStale = true;
                _mustReload |= watchEvent.State == SessionState.Connected;
            }
            else if (IsInScope(watchEvent.Path))
            {
                _dirty.Add(watchEvent.Path);
                if (_dirty.Count > MostDirty)
                {
                    _mustReload = true;
                    _dirty.Clear();
                }
            }
            Wake();
        }
    }

    private void Wake()
    {
        if (_wake.CurrentCount == 0)
            _wake.Release();
    }

    private bool IsInScope(string path) => _scope switch
    {
        CacheScope.Node => path == Path,
        CacheScope.Children => path == Path || path.IndexOf('/', Prefix(Path).Length) < 0,
        _ => true,
    };

    private async Task FollowAsync(TaskCompletionSource loaded)
    {
        while (!_closing.IsCancellationRequested)
        {
            try
            {
                await CatchUpAsync().ConfigureAwait(false);
                loaded.TrySetResult();
                await _wake.WaitAsync(_closing.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                break;
            }
            catch (ObjectDisposedException)
            {
                break;
            }
            catch (CoordinationException exception)
            {
                lock (_gate)
                    _mustReload = true;
                if (exception is AuthenticationFailedException)
                    loaded.TrySetException(exception);
                await Task.Delay(_rest, _client.TimeProvider, _closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        loaded.TrySetCanceled();
    }

    private async Task CatchUpAsync()
    {
        while (true)
        {
            bool mustReload;
            HashSet<string> dirty;
            lock (_gate)
            {
                (mustReload, _mustReload) = (_mustReload, false);
                (dirty, _dirty) = (_dirty, new HashSet<string>(StringComparer.Ordinal));
                if (!mustReload && dirty.Count == 0)
                    return;
            }
            if (mustReload)
                await ReloadAsync().ConfigureAwait(false);
            else
                await RefreshAsync(dirty).ConfigureAwait(false);
        }
    }

    private async Task ReloadAsync()
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        List<string> level = [Path];
        for (int depth = 0; level.Count > 0; depth++)
        {
            found.UnionWith(await RefreshAsync(level).ConfigureAwait(false));
            bool goesDeeper = _scope == CacheScope.Tree || (_scope == CacheScope.Children && depth == 0);
            level = goesDeeper ? await ListAsync(level.Where(found.Contains)).ConfigureAwait(false) : [];
        }
        foreach (string known in _known.Keys)
        {
            if (!found.Contains(known))
                Learn(known, null);
        }
        lock (_gate)
            _isStale = _mustReload;
    }

    private async Task<List<string>> ListAsync(IEnumerable<string> parents)
    {
        var paths = new List<string>();
        var unread = parents.Where(parent => !_known.TryGetValue(parent, out var znode) || znode.Stat.NumChildren > 0);
        foreach (string[] some in unread.Chunk(ReadsAtATime))
        {
            var listing = some.Select(parent => ListAsync(parent)).ToArray();
            for (int i = 0; i < some.Length; i++)
                paths.AddRange((await listing[i].ConfigureAwait(false)).Select(name => Prefix(some[i]) + name));
        }
        return paths;
    }

    /// <returns>Those that are there.</returns>
    private async Task<List<string>> RefreshAsync(IEnumerable<string> paths)
    {
        var found = new List<string>();
        foreach (string[] some in paths.Chunk(ReadsAtATime))
        {
            var reading = some.Select(path => ReadAsync(path)).ToArray();
            for (int i = 0; i < some.Length; i++)
            {
                var znode = await reading[i].ConfigureAwait(false);
                Learn(some[i], znode);
                if (znode is not null)
                    found.Add(some[i]);
            }
        }
        return found;
    }

    private async Task<Znode?> ReadAsync(string path)
    {
        try
        {
            return await Listing.TryReadAsync(_client, path, _closing.Token).ConfigureAwait(false);
        }
        catch (AccessDeniedException)
        {
            return null;
        }
    }

    private async Task<IReadOnlyList<string>> ListAsync(string parent)
    {
        try
        {
            return await Listing.NamesAsync(_client, parent, _closing.Token).ConfigureAwait(false);
        }
        catch (AccessDeniedException)
        {
            return [];
        }
    }

    private void Learn(string path, Znode? now)
    {
        Znode? before = _known.TryGetValue(path, out var known) ? known : null;
        if (now is { } znode)
            _known[path] = znode;
        else
            _known.TryRemove(path, out _);
        if (before?.Stat.Mzxid == now?.Stat.Mzxid && before?.Stat.Czxid == now?.Stat.Czxid)
            return;
        try
        {
            Changed?.Invoke(new CacheChange(path, before, now));
        }
        catch (Exception)
        {
            // The listener's own affair; the cache is everybody's.
        }
    }
}
