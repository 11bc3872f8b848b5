using Coordination.Client.Diagnostics;
using Coordination.Client.Requests;
using Coordination.Protocol;

namespace Coordination.Client.Connecting;

/// <content>How connections come and go.</content>
internal sealed partial class SessionKeeper
{
    private async Task RunAsync()
    {
        try
        {
            while (!_closing.IsCancellationRequested && Volatile.Read(ref _refusal) is null)
                await ServeOneConnectionAsync().ConfigureAwait(false);
        }
        catch (Exception) when (_closing.IsCancellationRequested)
        {
            // The client is disposed of: what it was about was cancelled, or failed at that very moment.
        }
        catch (AuthenticationFailedException exception)
        {
            GiveUp(exception);
        }
        catch (Exception exception)
        {
            _log.Failed(exception);
            throw;
        }
    }

    private async Task ServeOneConnectionAsync()
    {
        var server = _ring.Current;
        Attachment? attachment;
        try
        {
            attachment = await ConnectAsync(server, _options.AllowReadOnly, _closing.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not AuthenticationFailedException && !_closing.IsCancellationRequested)
        {
            await RestAsync(server, exception).ConfigureAwait(false);
            return;
        }
        while (attachment is not null)
        {
            if (Attach(attachment) is not { } connection)
            {
                await attachment.Transport.DisposeAsync().ConfigureAwait(false);
                return;
            }
            _ring.Succeeded();
            attachment = await ServeAsync(connection).ConfigureAwait(false);
        }
    }

    /// <summary>Serves until the connection is over.</summary>
    /// <returns>What to serve next; null where a server has to be looked for.</returns>
    private async Task<Attachment?> ServeAsync(ServerConnection connection)
    {
        Attachment? better;
        await using (connection.ConfigureAwait(false))
        {
            await using var aborting = _closing.Token.UnsafeRegister(
                static connection => ((ServerConnection)connection!).Abort(new ObjectDisposedException(nameof(CoordinationClient))),
                connection).ConfigureAwait(false);
            var running = connection.RunAsync();
            better = connection.IsReadOnly ? await SeekWriterAsync(running).ConfigureAwait(false) : null;
            if (better is not null)
                connection.Abort(new IOException($"{better.Server} writes, too"));
            await running.ConfigureAwait(false);
            Detach(connection);
        }
        if (connection.Reason is AuthenticationFailedException refused)
        {
            if (better is not null)
                await better.Transport.DisposeAsync().ConfigureAwait(false);
            throw refused;
        }
        return better;
    }

    private async Task RestAsync(ServerAddress server, Exception exception)
    {
        string reason = exception is OperationCanceledException
            ? $"it took longer than {_options.ConnectTimeout}" : exception.Message;
        var delay = _ring.Failed();
        ExpireWaiting(exception);
        if (delay == TimeSpan.Zero)
        {
            _log.NotConnected(server, reason);
            return;
        }
        _log.NoneConnected(server, reason, delay);
        await Task.Delay(delay, _time, _closing.Token).ConfigureAwait(false);
    }

    // Connections are tried at least every few seconds, so nothing waits for much longer than it may.
    private void ExpireWaiting(Exception exception)
    {
        lock (_gate)
        {
            FailWaiting(
                request => _time.GetElapsedTime(request.Timestamp) > _options.RequestTimeout,
                request => new ConnectionLossException(request.Name, request.ClientPath, OutcomeOf(request), exception));
        }
    }

    /// <summary>Connects to a server and asks it to serve the session.</summary>
    /// <returns>Null where the session turned out to be over, and another attempt is due.</returns>
    private async Task<Attachment?> ConnectAsync(ServerAddress server, bool canBeReadOnly, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_options.ConnectTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        var transport = _options.Transport is { } other
            ? await other.ConnectAsync(either.Token).ConfigureAwait(false)
            : await TcpConnection.OpenAsync(server, _options.Tls, either.Token).ConfigureAwait(false);
        Attachment? attachment = null;
        try
        {
            attachment = await AskAsync(server, transport, canBeReadOnly, either.Token).ConfigureAwait(false);
            return attachment;
        }
        finally
        {
            if (attachment is null)
                await transport.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task<Attachment?> AskAsync(
        ServerAddress server, ITransportConnection transport, bool canBeReadOnly, CancellationToken cancellationToken)
    {
        var abandoned = Interlocked.Exchange(ref _abandoned, null);
        var session = abandoned ?? Session;
        long sentAt = _time.GetTimestamp();
        var request = new ConnectRequest(
            LastZxidSeen, (int)_options.SessionTimeout.TotalMilliseconds, session?.Id ?? 0,
            session?.Password.ToArray() ?? new byte[ConnectResponse.PasswordLength], canBeReadOnly);
        bool isClosed = false;
        try
        {
            var (response, extensions) = session is null
                ? await Handshake.OpenAsync(transport, request, _options.Sasl, Credentials(), cancellationToken).ConfigureAwait(false)
                : (await Handshake.AttachAsync(transport, request, cancellationToken).ConfigureAwait(false), null);
            bool isReadOnly = response.ReadOnly is true;
            if (response.TimeoutMilliseconds <= 0)
            {
                if (session is null || isReadOnly)
                    throw new IOException("the server gives no session");
                isClosed = true;
                if (abandoned is null)
                    EndSession(SessionEnd.ServerSaidSo, SessionState.Expired);
                return null;
            }
            if (_options.Sasl is not null && session is not null)
                await Handshake.LogInAsync(transport, _options.Sasl, cancellationToken).ConfigureAwait(false);
            if (abandoned is null || isReadOnly)
                return new Attachment(server, transport, abandoned is null ? session : null, response, sentAt, extensions);
            // What it held is free now, and not only when a server finds out by itself.
            await Handshake.CloseAsync(transport, cancellationToken).ConfigureAwait(false);
            isClosed = true;
            return null;
        }
        finally
        {
            // It is still to be closed.
            if (!isClosed)
                Interlocked.CompareExchange(ref _abandoned, abandoned, null);
        }
    }

    /// <summary>Looks for a server that writes, while one is connected to that can only be read.</summary>
    /// <remarks>By asking each to serve the session with writes: ZooKeeper's client asks by a four-letter word, which neither
    /// goes over TLS nor is answered everywhere.</remarks>
    /// <param name="running">The connection that there is.</param>
    /// <returns>Null where that one ended before.</returns>
    private async Task<Attachment?> SeekWriterAsync(Task running)
    {
        var ring = new ServerRing(_target.Servers, _options.ShortestRetryDelay, _options.LongestRetryDelay, Random.Shared);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token);
        var seeking = SeekAsync();
        await Task.WhenAny(running, seeking).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        return await seeking.ConfigureAwait(false);

        async Task<Attachment?> SeekAsync()
        {
            while (!over.IsCancellationRequested)
            {
                try
                {
                    if (await ConnectAsync(ring.Current, canBeReadOnly: false, over.Token).ConfigureAwait(false) is { } found)
                        return found;
                }
                catch (Exception exception) when (exception is not AuthenticationFailedException)
                {
                    await Task.Delay(ring.Failed(), _time, over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
            }
            return null;
        }
    }

    private Credential[] Credentials()
    {
        lock (_gate)
            return [.. _credentials];
    }

    private ServerConnection? Attach(Attachment attachment)
    {
        var (server, _, attached, response, sentAt, extensions) = attachment;
        var timeout = TimeSpan.FromMilliseconds(response.TimeoutMilliseconds);
        var session = attached ?? new ClientSession(response.SessionId, response.Password, timeout, sentAt, _time)
        {
            Extensions = extensions ?? ServerExtensions.None,
        };
        var connection = new ServerConnection(attachment, session, this, _gate, _watches, _options);
        bool mustFlush;
        lock (_gate)
        {
            // The client's own clock may have given the session up while it was being attached.
            if (session.End != SessionEnd.None || _refusal is not null)
                return null;
            _connection = connection;
            // With the opening of a session both went along.
            if (extensions is null)
            {
                foreach (var credential in _credentials)
                    Authenticate(connection, credential);
            }
            connection.AppendWatches(LastZxidSeen);
            if (extensions is null)
                AskForExtensions(connection);
            if (attachment.IsReadOnly)
            {
                // The session, where there is one, goes on by the client's own clock.
                _states.Enter(SessionState.ConnectedReadOnly, attached?.Id ?? 0);
            }
            else
            {
                session.Timeout = timeout;
                session.HeardAt(sentAt);
                _ownClock.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                _session = session;
                _states.Enter(SessionState.Connected, session.Id);
                _attached?.TrySetResult(session);
                _attached = null;
            }
            Refill(connection);
            mustFlush = connection.MustFlush();
        }
        if (mustFlush)
            connection.Flush();
        if (attachment.IsReadOnly)
            _log.AttachedReadOnly(server);
        else if (attached is null)
            _log.Opened(session.Id, server, timeout);
        else
            _log.Attached(session.Id, server, timeout);
        return connection;
    }

    private static void Authenticate(ServerConnection connection, Credential credential)
    {
        var request = new AuthRequest(credential, isOfConnection: true);
        connection.Append(request);
        _ = ObserveAsync();

        async Task ObserveAsync()
        {
            try
            {
                await request.AsPlainValueTask(CancellationToken.None).ConfigureAwait(false);
            }
            catch (AuthenticationFailedException exception)
            {
                connection.Abort(exception);
            }
            catch (Exception)
            {
                // The connection is lost; the next one begins with the same.
            }
        }
    }

    // They may have become more since the session was opened: what there was, stays.
    private void AskForExtensions(ServerConnection connection)
    {
        var request = new ExtensionsRequest();
        connection.Append(request);
        _ = ObserveAsync();

        async Task ObserveAsync()
        {
            try
            {
                var extensions = await request.AsValueTask(CancellationToken.None).ConfigureAwait(false);
                if (extensions == ServerExtensions.None)
                    return;
                lock (_gate)
                    connection.Session.Extensions = extensions;
            }
            catch (Exception)
            {
                // The connection is lost; the next one begins with the same.
            }
        }
    }

    private void Detach(ServerConnection connection)
    {
        var session = connection.Session;
        Feeds.EndAll();
        lock (_gate)
        {
            _connection = null;
            var unanswered = connection.TakeUnanswered();
            var reason = connection.Reason;
            for (int i = unanswered.Count - 1; i >= 0; i--)
            {
                var request = unanswered[i];
                bool mayBeDone = !request.IsRead && connection.MayHaveBeenSent(request);
                if (_refusal is not null || request.IsOfConnection || (mayBeDone && request.Number == 0))
                {
                    request.Fail(new ConnectionLossException(request.Name, request.ClientPath, RequestOutcome.Unknown, reason));
                    continue;
                }
                // Before all that was asked for later, and in its order: so the servers know what they have done of it.
                request.MayBeDone |= mayBeDone;
                _waiting.AddFirst(request);
            }
            if (_refusal is not null)
                return;
            if (_session == session)
            {
                _states.Enter(SessionState.Disconnected, session.Id);
                _ownClock.Change(session.Remaining, Timeout.InfiniteTimeSpan);
            }
            else
            {
                _states.Enter(SessionState.Connecting, 0);
            }
        }
        ClientDiagnostics.ConnectionLost();
        _log.Lost(session.Id, connection.Server, connection.Reason?.Message ?? string.Empty);
    }

    private static RequestOutcome OutcomeOf(PendingRequest waiting) =>
        waiting.MayBeDone ? RequestOutcome.Unknown : RequestOutcome.NotSent;

    /// <summary>No server can be known to have heard the session for its timeout.</summary>
    private void LookAtOwnClock()
    {
        lock (_gate)
        {
            if (_connection is { IsReadOnly: false } || _session is not { End: SessionEnd.None } session)
                return;
            var remaining = session.Remaining;
            if (remaining > TimeSpan.Zero)
            {
                // Timers may be early by less than they can tell.
                _ownClock.Change(remaining + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
                return;
            }
            _abandoned = session;
        }
        EndSession(SessionEnd.OwnClock, SessionState.Expired);
        // Whoever reads goes on with that, on another connection and in no session.
        Volatile.Read(ref _connection)?.Abort(new TimeoutException("the session was given up"));
    }

    private void EndSession(SessionEnd end, SessionState state)
    {
        ClientSession? session;
        lock (_gate)
        {
            session = _session;
            _session = null;
            if (session?.TryEnd(end) == true)
            {
                FailWaiting(
                    request => request.Session == session,
                    static request => new SessionExpiredException(request.Name, request.ClientPath, OutcomeOf(request)));
            }
            _states.Enter(state, session?.Id ?? 0, end);
            if (state == SessionState.Expired)
                _states.Enter(SessionState.Connecting, 0);
        }
        if (session is not null)
        {
            _log.Ended(session.Id, end);
            session.TellEnded();
            if (state == SessionState.Expired)
                ClientDiagnostics.SessionExpired();
        }
        _watches.TellEnded(state);
    }

    private void GiveUp(AuthenticationFailedException exception)
    {
        lock (_gate)
        {
            _refusal ??= (operation, _) => new AuthenticationFailedException(operation, exception.Message, exception);
            FailWaiting(static _ => true, request => _refusal(request.Name, request.ClientPath));
            _attached?.TrySetException(_refusal("connect", null));
            _attached = null;
        }
        _log.NotLetIn(exception.Message);
        EndSession(SessionEnd.AuthenticationFailed, SessionState.AuthenticationFailed);
    }
}
