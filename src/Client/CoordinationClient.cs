using Coordination.Client.Connecting;
using Coordination.Client.Diagnostics;
using Coordination.Client.Requests;
using Coordination.Client.Watching;
using Coordination.Protocol;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coordination.Client;

/// <summary>A client over the ZooKeeper protocol: to Coordination's silos, and to any Apache ZooKeeper from 3.5 on; over TCP,
/// or over what <see cref="CoordinationClientOptions.Transport"/> says.</summary>
/// <remarks>
/// It connects by itself, and goes on doing so until it is disposed of: it attaches its session to another server when it
/// loses one, and opens another session when one has ended. What is bound to a session, ephemeral znodes above all, is
/// bound to the <see cref="ClientSession"/> of that time.
/// </remarks>
public sealed partial class CoordinationClient : ICoordinationClient
{
    private readonly SessionKeeper _keeper;
    private readonly WatchTable _watches;
    private readonly StateStream _states;
    private readonly ClientLog _log;
    private readonly string _chroot;
    private Task? _disposal;

    /// <summary>Makes a client, which begins to connect.</summary>
    /// <exception cref="FormatException">The connection string is none.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its bounds.</exception>
    public CoordinationClient(CoordinationClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var target = ConnectionTarget.Of(options);
        _chroot = target.Chroot;
        _log = new ClientLog((options.LoggerFactory ?? NullLoggerFactory.Instance).CreateLogger<CoordinationClient>());
        _watches = new WatchTable(_chroot, _log.WatcherFailed);
        _states = new StateStream(Raise);
        TimeProvider = options.TimeProvider;
        _keeper = new SessionKeeper(options, target, _watches, _states, _log);
        _keeper.Start();
    }

    /// <inheritdoc/>
    public event Action<SessionStateChange>? StateChanged;

    /// <inheritdoc/>
    public SessionState State => _states.Current;

    /// <inheritdoc/>
    public ClientSession? Session => _keeper.Session;

    /// <inheritdoc/>
    public TimeProvider TimeProvider { get; }

    /// <inheritdoc/>
    public long LastZxidSeen => _keeper.LastZxidSeen;

    /// <summary>Makes a client, and waits until it has a session.</summary>
    /// <param name="connectionString">The servers: <c>host:port,host:port/chroot</c>.</param>
    /// <param name="cancellationToken">Ends the wait, and the client with it.</param>
    public static Task<CoordinationClient> ConnectAsync(
        string connectionString, CancellationToken cancellationToken = default) =>
        ConnectAsync(new CoordinationClientOptions { ConnectionString = connectionString }, cancellationToken);

    /// <summary>Makes a client, and waits until it has a session, or can read where
    /// <see cref="CoordinationClientOptions.AllowReadOnly"/> says that this will do.</summary>
    /// <param name="options">How it connects.</param>
    /// <param name="cancellationToken">Ends the wait, and the client with it.</param>
    /// <exception cref="AuthenticationFailedException">The client is not let in.</exception>
    public static async Task<CoordinationClient> ConnectAsync(
        CoordinationClientOptions options, CancellationToken cancellationToken = default)
    {
        var client = new CoordinationClient(options);
        try
        {
            await client._keeper.ServedAsync(cancellationToken).ConfigureAwait(false);
            return client;
        }
        catch
        {
            await client.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<SessionStateChange> ReadStatesAsync(CancellationToken cancellationToken = default) =>
        _states.ReadAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<ClientSession> ConnectedAsync(CancellationToken cancellationToken = default) =>
        _keeper.AttachedAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask<CreatedZnode> CreateAsync(
        string path, ReadOnlyMemory<byte> data, CreateOptions? options = null, CancellationToken cancellationToken = default) =>
        _keeper.SendAsync(
            CreateRequest.Take(_chroot, path, data, options ?? CreateOptions.Persistent), cancellationToken);

    /// <inheritdoc/>
    public ValueTask DeleteAsync(
        string path, int version = ICoordinationClient.AnyVersion, CancellationToken cancellationToken = default) =>
        _keeper.SendPlainAsync(DeleteRequest.Take(_chroot, path, version), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Stat?> ExistsAsync(string path, CancellationToken cancellationToken = default) =>
        _keeper.SendAsync(ExistsRequest.Take(_chroot, path, _watches, null), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Stat?> ExistsAsync(
        string path, Action<WatchEvent> watcher, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(watcher);
        return _keeper.SendAsync(ExistsRequest.Take(_chroot, path, _watches, watcher), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<Znode> GetDataAsync(string path, CancellationToken cancellationToken = default) =>
        _keeper.SendAsync(GetDataRequest.Take(_chroot, path, _watches, null), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Znode> GetDataAsync(
        string path, Action<WatchEvent> watcher, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(watcher);
        return _keeper.SendAsync(GetDataRequest.Take(_chroot, path, _watches, watcher), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<Stat> SetDataAsync(
        string path, ReadOnlyMemory<byte> data, int version = ICoordinationClient.AnyVersion,
        CancellationToken cancellationToken = default) =>
        _keeper.SendAsync(SetDataRequest.Take(_chroot, path, data, version), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ZnodeChildren> GetChildrenAsync(string path, CancellationToken cancellationToken = default) =>
        _keeper.SendAsync(GetChildrenRequest.Take(_chroot, path, _watches, null), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ZnodeChildren> GetChildrenAsync(
        string path, Action<WatchEvent> watcher, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(watcher);
        return _keeper.SendAsync(GetChildrenRequest.Take(_chroot, path, _watches, watcher), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<ZnodeAcl> GetAclAsync(string path, CancellationToken cancellationToken = default) =>
        _keeper.SendAsync(new GetAclRequest(_chroot, path), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Stat> SetAclAsync(
        string path, IEnumerable<Acl> acl, int version = ICoordinationClient.AnyVersion,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(acl);
        return _keeper.SendAsync(new SetAclRequest(_chroot, path, acl, version), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask SyncAsync(string path = "/", CancellationToken cancellationToken = default) =>
        _keeper.SendPlainAsync(new SyncRequest(_chroot, path), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<TransactionResult>> CommitAsync(
        Transaction transaction, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return _keeper.SendAsync(new MultiRequest(_chroot, [.. transaction.Operations], transaction.OnlySession), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ReadResult>> ReadAsync(ReadBatch batch, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return _keeper.SendAsync(new MultiReadRequest(_chroot, [.. batch.Reads]), cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<IAsyncDisposable> WatchAsync(
        string path, AddWatchMode mode, Action<WatchEvent> watcher, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(watcher);
        // One who watches a path twice has two watches, each to be disposed of by itself.
        var own = new Action<WatchEvent>(watchEvent => watcher(watchEvent));
        await _keeper.SendPlainAsync(new AddWatchRequest(_chroot, path, mode, _watches, own), cancellationToken)
            .ConfigureAwait(false);
        return new LastingWatch(_keeper, _watches, _chroot, path, AddWatchRequest.KindOf(mode), own);
    }

    /// <inheritdoc/>
    public void Forget(string path, Action<WatchEvent> watcher)
    {
        string serverPath = ChrootPath.ToServer(_chroot, path);
        bool wasThere = _watches.Remove(WatchKind.Data, serverPath, watcher)
            | _watches.Remove(WatchKind.Exists, serverPath, watcher) | _watches.Remove(WatchKind.Children, serverPath, watcher);
        if (wasThere)
            _keeper.SendIfConnected(new RemoveWatchesRequest(_chroot, path, WatcherType.Any), () => _watches.IsFree(serverPath));
    }

    /// <inheritdoc/>
    public async ValueTask<bool> RemoveWatchesAsync(
        string path, WatcherType type, CancellationToken cancellationToken = default)
    {
        try
        {
            await _keeper.SendPlainAsync(new RemoveWatchesRequest(_chroot, path, type), cancellationToken).ConfigureAwait(false);
        }
        catch (CoordinationException exception) when (exception.Code == ErrorCode.NoWatcher)
        {
            return false;
        }
        _watches.RemoveAll(type, ChrootPath.ToServer(_chroot, path));
        return true;
    }

    /// <inheritdoc/>
    public ValueTask<bool> CheckWatchesAsync(
        string path, WatcherType type, CancellationToken cancellationToken = default) =>
        _keeper.SendAsync(new CheckWatchesRequest(_chroot, path, type), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> GetEphemeralsAsync(
        string prefix = "/", CancellationToken cancellationToken = default) =>
        _keeper.SendAsync(new GetEphemeralsRequest(_chroot, prefix), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<int> CountDescendantsAsync(string path, CancellationToken cancellationToken = default) =>
        _keeper.SendAsync(new CountDescendantsRequest(_chroot, path), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Identity>> WhoAmIAsync(CancellationToken cancellationToken = default) =>
        _keeper.SendAsync(new WhoAmIRequest(), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Znode> GetConfigurationAsync(CancellationToken cancellationToken = default) =>
        _keeper.SendAsync(GetDataRequest.Take(string.Empty, "/zookeeper/config", _watches, null), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Znode> ReconfigureAsync(
        string? joining, string? leaving, string? members = null, long fromConfiguration = -1,
        CancellationToken cancellationToken = default) =>
        _keeper.SendAsync(new ReconfigRequest(joining, leaving, members, fromConfiguration), cancellationToken);

    /// <inheritdoc/>
    public ValueTask AddCredentialAsync(Credential credential, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(credential);
        return _keeper.AddCredentialAsync(credential, cancellationToken);
    }

    /// <summary>Closes the session, which deletes its ephemeral znodes, and ends the client. Requests that were made are
    /// answered first, where the server can be reached.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_states)
            _disposal ??= _keeper.DisposeAsync().AsTask();
        return new ValueTask(_disposal);
    }

    private void Raise(SessionStateChange change)
    {
        foreach (var listener in StateChanged?.GetInvocationList() ?? [])
        {
            try
            {
                ((Action<SessionStateChange>)listener)(change);
            }
            catch (Exception exception)
            {
                _log.ListenerFailed(exception);
            }
        }
    }
}
