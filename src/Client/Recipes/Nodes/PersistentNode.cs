using Coordination.Protocol;

namespace Coordination.Client.Recipes;

/// <summary>A znode that is there for as long as this object is: an ephemeral one is created again in each session, and
/// one that somebody deletes is created again.</summary>
/// <remarks>As Curator's <c>PersistentNode</c>. Where another session owns an ephemeral znode of that path, it waits for
/// that one to go. One with a time to live is set again after a third of it.</remarks>
public sealed class PersistentNode : IAsyncDisposable
{
    private static readonly TimeSpan _rest = TimeSpan.FromMilliseconds(200);

    private readonly ICoordinationClient _client;
    private readonly CreateOptions _options;
    private readonly CancellationTokenSource _closing = new();
    private readonly TaskCompletionSource _created = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private TaskCompletionSource _dataChanged = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ReadOnlyMemory<byte> _data;
    private readonly Task _keeping;

    /// <summary>Names a znode, which is created at once.</summary>
    /// <param name="client">The client.</param>
    /// <param name="path">The znode; those above it are created as containers where they are missing.</param>
    /// <param name="data">Its data.</param>
    /// <param name="options">What kind of znode; an ephemeral one where nothing is said. Not a sequential one.</param>
    public PersistentNode(ICoordinationClient client, string path, ReadOnlyMemory<byte> data, CreateOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        _client = client;
        Path = ChrootPath.ToServer(string.Empty, path);
        _data = data;
        _options = options ?? CreateOptions.Ephemeral;
        _options.Validate();
        if (_options.Mode is CreateMode.EphemeralSequential or CreateMode.PersistentSequential
            or CreateMode.PersistentSequentialWithTimeToLive)
            throw new ArgumentException("a sequential znode has another path each time", nameof(options));
        _keeping = Task.Run(KeepAsync);
    }

    /// <summary>The znode.</summary>
    public string Path { get; }

    /// <summary>Waits until it was there for the first time.</summary>
    public Task CreatedAsync(CancellationToken cancellationToken = default) => _created.Task.WaitAsync(cancellationToken);

    /// <summary>Gives it other data, now and whenever it is created again. Does not wait until that is done.</summary>
    public void SetData(ReadOnlyMemory<byte> data)
    {
        lock (_gate)
        {
            _data = data;
            _dataChanged.TrySetResult();
            _dataChanged = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Deletes it, where this client's session owns it or it needs none.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        await _keeping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_created.Task.IsCompletedSuccessfully)
            return;
        try
        {
            var session = _client.Session;
            var stat = await _client.ExistsAsync(Path).ConfigureAwait(false);
            if (stat?.EphemeralOwner == 0)
                await _client.DeleteAsync(Path).ConfigureAwait(false);
            else if (session is not null && stat?.EphemeralOwner == session.Id)
                await QueuePlace.DeleteInSessionAsync(_client, Path, session).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is CoordinationException or ObjectDisposedException)
        {
            // An ephemeral one goes with the session, another one has children or is gone already.
        }
    }

    private async Task KeepAsync()
    {
        while (!_closing.IsCancellationRequested)
        {
            try
            {
                await KeepOnceAsync().ConfigureAwait(false);
            }
            catch (NoNodeException)
            {
                await EnsureParentAsync().ConfigureAwait(false);
            }
            catch (NodeExistsException)
            {
                // Somebody was faster; whose it is shows next.
            }
            catch (Exception exception) when (
                exception is ObjectDisposedException or OperationCanceledException or AuthenticationFailedException)
            {
                _created.TrySetException(exception);
                return;
            }
            catch (CoordinationException exception)
            {
                // What cannot be mended by trying again is told to whoever waits for the first time.
                if (!Patience.IsWorthwhileAfter(exception))
                    _created.TrySetException(exception);
                await RestAsync(_rest).ConfigureAwait(false);
            }
        }
        _created.TrySetCanceled();
    }

    private async Task KeepOnceAsync()
    {
        var session = await _client.ConnectedAsync(_closing.Token).ConfigureAwait(false);
        ReadOnlyMemory<byte> data;
        Task dataChanged;
        lock (_gate)
            (data, dataChanged) = (_data, _dataChanged.Task);
        var change = new ZnodeWait.Change();
        var stat = await _client.ExistsAsync(Path, change.Take, _closing.Token).ConfigureAwait(false);
        try
        {
            bool isOurs = stat is { } there && (there.EphemeralOwner == 0 || there.EphemeralOwner == session.Id);
            if (stat is null)
            {
                await _client.CreateAsync(Path, data, _options, _closing.Token).ConfigureAwait(false);
                _created.TrySetResult();
                return;
            }
            if (isOurs)
            {
                await AgreeAsync(data).ConfigureAwait(false);
                _created.TrySetResult();
            }
            await WaitAsync(change, dataChanged).ConfigureAwait(false);
        }
        finally
        {
            _client.Forget(Path, change.Take);
        }
    }

    private async Task AgreeAsync(ReadOnlyMemory<byte> data)
    {
        var znode = await _client.GetDataAsync(Path, _closing.Token).ConfigureAwait(false);
        bool isDue = _options.TimeToLive is { } timeToLive
            && _client.TimeProvider.GetUtcNow().ToUnixTimeMilliseconds() - znode.Stat.Mtime >= timeToLive.TotalMilliseconds / 4;
        if (isDue || !znode.Data.Span.SequenceEqual(data.Span))
            await _client.SetDataAsync(Path, data, cancellationToken: _closing.Token).ConfigureAwait(false);
    }

    private async Task WaitAsync(ZnodeWait.Change change, Task dataChanged)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token);
        var longest = _options.TimeToLive is { } timeToLive ? timeToLive / 3 : Timeout.InfiniteTimeSpan;
        await Task.WhenAny(
            change.WaitAsync(_client, Path, over.Token).AsTask(), dataChanged, Task.Delay(longest, _client.TimeProvider, over.Token))
            .ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
    }

    private async Task EnsureParentAsync()
    {
        int slash = Path.LastIndexOf('/');
        try
        {
            if (slash > 0)
                await _client.EnsurePathAsync(Path[..slash], CreateOptions.Container, _closing.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is CoordinationException or OperationCanceledException or ObjectDisposedException)
        {
            await RestAsync(_rest).ConfigureAwait(false);
        }
    }

    private Task RestAsync(TimeSpan rest) => ((Task)Task.Delay(rest, _client.TimeProvider, _closing.Token)).ContinueWith(
        static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
}
