using Coordination.Client.Diagnostics;
using Coordination.Client.Following;
using Coordination.Client.Requests;
using Coordination.Client.Watching;
using Coordination.Protocol;

namespace Coordination.Client.Connecting;

/// <summary>Keeps a session with the service: requests go to the connection that there is, or wait for one.</summary>
/// <remarks>Requests are sent in the order in which they were made. What is user code runs outside of the gate.</remarks>
internal sealed partial class SessionKeeper : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly CoordinationClientOptions _options;
    private readonly ClientLog _log;
    private readonly TimeProvider _time;
    private readonly WatchTable _watches;
    private readonly StateStream _states;
    private readonly ConnectionTarget _target;
    private readonly ServerRing _ring;
    private readonly CancellationTokenSource _closing = new();
    private readonly List<Credential> _credentials;
    private readonly LinkedList<PendingRequest> _waiting = new();
    private readonly ITimer _ownClock;
    private TaskCompletionSource<ClientSession>? _attached;
    private Func<string, string?, Exception>? _refusal;
    private ServerConnection? _connection;
    private ClientSession? _session;
    private ClientSession? _abandoned;
    private Task _running = Task.CompletedTask;
    private long _lastZxidSeen;

    internal SessionKeeper(
        CoordinationClientOptions options, ConnectionTarget target, WatchTable watches, StateStream states, ClientLog log)
    {
        _options = options;
        _log = log;
        _time = options.TimeProvider;
        _watches = watches;
        _states = states;
        _credentials = [.. options.Credentials];
        _target = target;
        _ring = new ServerRing(target.Servers, options.ShortestRetryDelay, options.LongestRetryDelay, Random.Shared);
        _ownClock = _time.CreateTimer(
            static keeper => ((SessionKeeper)keeper!).LookAtOwnClock(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The session; null while there is none.</summary>
    internal ClientSession? Session => Volatile.Read(ref _session);

    /// <summary>The highest zxid that an answer has told of.</summary>
    internal long LastZxidSeen => Volatile.Read(ref _lastZxidSeen);

    /// <summary>The watches that go on from a zxid.</summary>
    internal ChangeFeeds Feeds { get; } = new();

    internal void Start() => _running = Task.Run(RunAsync);

    /// <summary>Sends a request, now or when there is a connection.</summary>
    internal ValueTask<TResult> SendAsync<TResult>(PendingRequest<TResult> request, CancellationToken cancellationToken)
    {
        Submit(request, cancellationToken);
        return request.AsValueTask(cancellationToken);
    }

    /// <summary>Sends a request that has no result.</summary>
    internal ValueTask SendPlainAsync<TResult>(PendingRequest<TResult> request, CancellationToken cancellationToken)
    {
        Submit(request, cancellationToken);
        return request.AsPlainValueTask(cancellationToken);
    }

    /// <summary>Waits until a session is attached.</summary>
    internal Task<ClientSession> AttachedAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_refusal is not null)
                return Task.FromException<ClientSession>(_refusal("connect", null));
            if (_connection is { Reason: null, IsReadOnly: false } connection)
                return Task.FromResult(connection.Session);
            _attached ??= new TaskCompletionSource<ClientSession>(TaskCreationOptions.RunContinuationsAsynchronously);
            return _attached.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Waits until a session is attached, or a server can be read where that will do.</summary>
    internal async Task ServedAsync(CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var served = await Task.WhenAny(AttachedAsync(over.Token), ReadableAsync(over.Token)).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        await served.ConfigureAwait(false);
    }

    /// <summary>Adds an identity to this connection and to all that follow.</summary>
    internal async ValueTask AddCredentialAsync(Credential credential, CancellationToken cancellationToken)
    {
        await SendPlainAsync(new AuthRequest(credential, isOfConnection: false), cancellationToken).ConfigureAwait(false);
        lock (_gate)
            _credentials.Add(credential);
    }

    /// <summary>Sends a request that is of no use on another connection, if that can be done at once.</summary>
    /// <param name="request">The request, whose end nobody waits for.</param>
    /// <param name="isWanted">Whether it still makes sense: asked when no other request can come between.</param>
    internal void SendIfConnected(PendingRequest request, Func<bool> isWanted)
    {
        lock (_gate)
        {
            if (_refusal is not null || _connection is not { HasRoom: true } connection || _waiting.Count > 0 || !isWanted())
                return;
            if (Append(connection, request) is not null || !connection.MustFlush())
                return;
            connection.Flush();
        }
    }

    /// <summary>Sends a request behind all that was made before, unless there is no connection.</summary>
    /// <param name="request">The request, whose end nobody waits for.</param>
    internal void SendUnawaited<TResult>(PendingRequest<TResult> request)
    {
        bool isConnected;
        lock (_gate)
            isConnected = _connection is { Reason: null };
        if (isConnected)
            Submit(request, CancellationToken.None);
    }

    /// <summary>Gives a connection what waits, as much as it has room for. Under the gate.</summary>
    internal void Refill(ServerConnection connection)
    {
        if (_waiting.Count == 0 || connection != _connection)
            return;
        while (_waiting.First is { } first && connection.HasRoomFor(first.Value))
        {
            _waiting.RemoveFirst();
            var request = first.Value;
            if (request.IsOver)
                request.Fail(new OperationCanceledException());
            else if (request.MayBeDone && connection.IsReadOnly)
                request.Fail(new ConnectionLossException(request.Name, request.ClientPath, RequestOutcome.Unknown));
            else if (Append(connection, request) is { } failure)
                request.Fail(failure);
        }
    }

    /// <summary>Requests of a connection were answered, so that others may have their turn.</summary>
    internal void HasRoom(ServerConnection connection)
    {
        // Whoever comes to wait meanwhile finds the room by itself.
        if (_waiting.Count == 0)
            return;
        bool mustFlush;
        lock (_gate)
            mustFlush = _waiting.Count > 0 && connection.MustFlush();
        if (mustFlush)
            connection.Flush();
    }

    /// <summary>An answer has told how far the server has come.</summary>
    internal void Seen(long zxid)
    {
        // Only the reader of the one connection gets here.
        if (zxid > _lastZxidSeen)
            Volatile.Write(ref _lastZxidSeen, zxid);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Task closed;
        lock (_gate)
        {
            _refusal ??= static (_, _) => new ObjectDisposedException(nameof(CoordinationClient));
            FailWaiting(static _ => true, static _ => new ObjectDisposedException(nameof(CoordinationClient)));
            closed = CloseSessionAsync();
        }
        try
        {
            await closed.WaitAsync(_options.CloseTimeout, _time).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // Then the server ends the session when its timeout is over.
        }
        await _closing.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        EndSession(SessionEnd.Closed, SessionState.Closed);
        await _ownClock.DisposeAsync().ConfigureAwait(false);
        await _states.DisposeAsync().ConfigureAwait(false);
    }

    private static CoordinationException? Append(ServerConnection connection, PendingRequest request)
    {
        try
        {
            request.Session = connection.Session;
            return connection.Append(request);
        }
        catch (Exception exception)
        {
            return new CoordinationException(
                ErrorCode.MarshallingError, request.Name, request.ClientPath, innerException: exception);
        }
    }

    private async Task ReadableAsync(CancellationToken cancellationToken)
    {
        await foreach (var change in _states.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (change.State == SessionState.ConnectedReadOnly)
                return;
        }
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false);
    }

    private void Submit<TResult>(PendingRequest<TResult> request, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            request.Fail(new OperationCanceledException(cancellationToken));
            return;
        }
        request.StartActivity();
        Exception? failure;
        ServerConnection? toFlush = null;
        lock (_gate)
        {
            failure = _refusal?.Invoke(request.Name, request.ClientPath);
            // Whatever waits for its turn fails with the session that it was made in.
            if (request.OnlySession is { } only && only != _session)
                failure ??= new SessionExpiredException(request.Name, request.ClientPath);
            if (failure is null && _connection is { } connection)
            {
                failure = _waiting.Count == 0 && connection.HasRoomFor(request) ? Append(connection, request) : Wait(request);
                toFlush = connection.MustFlush() ? connection : null;
            }
            else
            {
                failure ??= Wait(request);
            }
        }
        toFlush?.Flush();
        if (failure is not null)
            request.Fail(failure);
    }

    private CoordinationException? Wait(PendingRequest request)
    {
        if (_waiting.Count >= _options.MaxWaiting)
            FailWaiting(static waiting => waiting.IsOver, static _ => new OperationCanceledException());
        if (_waiting.Count >= _options.MaxWaiting)
        {
            return new CoordinationException(
                ErrorCode.ThrottledOperation, request.Name, request.ClientPath, "a place to wait",
                $"{_waiting.Count} requests before it");
        }
        request.Session = _session;
        request.Timestamp = _time.GetTimestamp();
        _waiting.AddLast(request);
        return null;
    }

    private void FailWaiting(Func<PendingRequest, bool> which, Func<PendingRequest, Exception> why)
    {
        for (var node = _waiting.First; node is not null;)
        {
            var next = node.Next;
            if (which(node.Value))
            {
                _waiting.Remove(node);
                node.Value.Fail(why(node.Value));
            }
            node = next;
        }
    }

    private Task CloseSessionAsync()
    {
        if (_connection is not { } connection)
            return Task.CompletedTask;
        var request = new CloseRequest();
        connection.Append(request);
        if (connection.MustFlush())
            connection.Flush();
        return request.AsPlainValueTask(CancellationToken.None).AsTask();
    }
}
