using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Coordination.Engine.Requests;
using Coordination.Gateway.Authentication;
using Coordination.Gateway.FourLetterWords;
using Coordination.Gateway.Serving;
using Coordination.Gateway.Tls;
using Coordination.Grains.Messages;
using Coordination.Protocol;
using Coordination.Storage;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Coordination.Gateway;

/// <summary>Takes a connection on the client port: a four-letter word, or a connect frame and then a session.</summary>
public sealed class ZooKeeperConnectionHandler(
    GatewayServices services, ConnectionTable connections, SessionIds sessionIds, WordAnswers words,
    ConnectionThrottle throttle) : ConnectionHandler
{
    private const int BytesAtOnce = 16 * 1024;

    private static readonly TimeSpan _farewell = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _longestAnswer = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _answering = new(1);

    /// <inheritdoc/>
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        var remote = Unmapped(connection.RemoteEndPoint);
        var traffic = new ConnectionTraffic { IsSecure = connection.Features.Get<TlsIdentities>() is not null };
        if (connections.Add(remote, services.Options, traffic) is { } reason)
        {
            services.Statistics.RejectedConnections.Count();
            services.Log.ShutOut(remote, reason);
            return;
        }
        try
        {
            if (await ReadFirstFrameAsync(connection, remote) is { } frame)
                await ServeAsync(connection, remote, traffic, frame);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ConnectionResetException
            or ConnectionAbortedException)
        {
            // The client is gone, or was shut out.
        }
        catch (Exception e) when (e is FrameLengthException or MalformedRecordException)
        {
            services.Log.ShutOut(remote, e.Message);
        }
        catch (Exception e)
        {
            services.Log.Failed(e, remote);
        }
        finally
        {
            connections.Remove(remote);
            services.Statistics.EndedConnections.Count();
        }
    }

    // Of an encrypted connection the socket is of no use: what is sent is encrypted on its way there.
    private static Socket? SocketOf(ConnectionContext connection)
    {
        if (connection.Features.Get<TlsIdentities>() is not null
            || connection.Features.Get<IConnectionSocketFeature>()?.Socket is not { } socket)
        {
            return null;
        }
        try
        {
            socket.Blocking = false;
            return socket;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The client has gone just now, as whoever reads will find.
            return null;
        }
    }

    // Null where the connection wanted a four-letter word, or went away.
    private async Task<ConnectRequest?> ReadFirstFrameAsync(ConnectionContext connection, EndPoint remote)
    {
        var stopping = Stopping(connection);
        // Not when the client has said all: what it has said, such as a word piped through nc, is still to be answered.
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        timeout.CancelAfter(services.Options.ConnectTimeout);
        bool hasAsked = false;
        try
        {
            while (true)
            {
                var input = await connection.Transport.Input.ReadAsync(timeout.Token);
                if (TryReadWord(input.Buffer) is { } word)
                {
                    hasAsked = true;
                    timeout.CancelAfter(_longestAnswer);
                    await AnswerAsync(word, connection.Transport.Output, timeout.Token);
                    return null;
                }
                if (TryReadConnect(input.Buffer, out var consumed) is { } request)
                {
                    connection.Transport.Input.AdvanceTo(consumed);
                    return request;
                }
                connection.Transport.Input.AdvanceTo(input.Buffer.Start, input.Buffer.End);
                if (input.IsCompleted)
                    return null;
            }
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !stopping.IsCancellationRequested)
        {
            if (hasAsked)
                return null;
            services.Statistics.SilentConnections.Count();
            services.Log.ShutOut(remote, $"it sent no connect frame within {services.Options.ConnectTimeout.TotalSeconds} s");
            return null;
        }
    }

    private async Task AnswerAsync(string word, PipeWriter output, CancellationToken cancellationToken)
    {
        // One at a time, as some take memory for each watch; and off the thread that polls the sockets.
        await _answering.WaitAsync(cancellationToken);
        try
        {
            await Task.Run(
                async () => await WriteAsync(await words.AnswerAsync(word), output, cancellationToken), cancellationToken);
        }
        finally
        {
            _answering.Release();
        }
    }

    private static async Task WriteAsync(IEnumerable<string> answer, PipeWriter output, CancellationToken cancellationToken)
    {
        long written = 0;
        foreach (string piece in answer)
        {
            written += Encoding.UTF8.GetBytes(piece, output);
            if (written < BytesAtOnce)
                continue;
            if ((await output.FlushAsync(cancellationToken)).IsCompleted)
                return;
            written = 0;
        }
        await output.FlushAsync(cancellationToken);
    }

    private static string? TryReadWord(ReadOnlySequence<byte> input)
    {
        if (input.Length < 4)
            return null;
        Span<byte> first = stackalloc byte[4];
        input.Slice(0, 4).CopyTo(first);
        // As a length any of them is over a thousand million: no word can be taken for a frame.
        string word = Encoding.ASCII.GetString(first);
        return WordAnswers.IsWord(word) ? word : null;
    }

    private ConnectRequest? TryReadConnect(ReadOnlySequence<byte> input, out SequencePosition consumed)
    {
        var frames = new FrameSplitter(input, services.Options.LongestFrame);
        consumed = input.Start;
        if (!frames.TryPeek(out var frame))
            return null;
        var reader = new JuteReader(frame);
        var request = ConnectRequest.Read(ref reader);
        frames.Take(frame.Length);
        consumed = frames.Position;
        return request;
    }

    private async Task ServeAsync(
        ConnectionContext connection, EndPoint remote, ConnectionTraffic traffic, ConnectRequest request)
    {
        services.Statistics.ConnectRequests.Count();
        if (!throttle.TryTake())
        {
            services.Statistics.RejectedConnections.Count();
            services.Log.ShutOut(remote, "too many sessions are opened at a time");
            return;
        }
        switch (services.Serving.Mode)
        {
            case ServingMode.Nobody:
                return;
            case ServingMode.ReadOnly:
                await ServeReadOnlyAsync(connection, remote, traffic, request);
                return;
        }
        if (request.LastZxidSeen > services.Replica.LastZxid)
            await CatchUpAsync();
        if (request.LastZxidSeen > services.Replica.LastZxid)
        {
            services.Log.AheadOfUs(remote, request.LastZxidSeen, services.Replica.LastZxid);
            return;
        }
        await using var outbox = new Outbox(connection.Transport.Output, SocketOf(connection), connection.Abort);
        if (await AttachAsync(request) is not { } ticket)
        {
            Refuse(outbox, request, isReadOnly: false);
            return;
        }
        var caller = new Caller(ticket.SessionId, ticket.AttachZxid, FirstIdentities(connection, remote));
        await using var session = new SessionConnection(
            services, connection.Transport.Input, outbox, connection.Abort, remote, traffic, caller);
        if (!session.TryBind())
        {
            // Another connection may have taken the session since, perhaps one that the client has given up: it tries again.
            if (!IsOpen(ticket.SessionId))
                Refuse(outbox, request, isReadOnly: false);
            return;
        }
        if (request.SessionId != 0)
            services.Statistics.Reattachments.Count();
        services.Log.Attached(remote, ticket.SessionId, ticket.TimeoutMilliseconds);
        await ServeAsync(
            connection, traffic, session, outbox,
            new ConnectResponse(
                ticket.TimeoutMilliseconds, ticket.SessionId, ticket.Password, request.ReadOnly is null ? null : false));
    }

    // What the log would have to be asked for is left out: this silo cannot ask it.
    private async Task ServeReadOnlyAsync(
        ConnectionContext connection, EndPoint remote, ConnectionTraffic traffic, ConnectRequest request)
    {
        if (request.ReadOnly is not true)
            return;
        if (request.LastZxidSeen > services.Replica.LastZxid)
        {
            services.Log.AheadOfUs(remote, request.LastZxidSeen, services.Replica.LastZxid);
            return;
        }
        if (!services.ReadOnlySessions.TryAttach(request, out var readOnly))
            return;
        await using var outbox = new Outbox(connection.Transport.Output, SocketOf(connection), connection.Abort);
        if (readOnly is null)
        {
            Refuse(outbox, request, isReadOnly: true);
            return;
        }
        var tracked = readOnly.Tracked;
        var caller = new Caller(tracked.Id, 0, FirstIdentities(connection, remote));
        await using var session = new SessionConnection(
            services, connection.Transport.Input, outbox, connection.Abort, remote, traffic, caller, readOnly);
        session.TryBind();
        services.Log.AttachedReadOnly(remote, tracked.Id, tracked.TimeoutMilliseconds);
        await ServeAsync(
            connection, traffic, session, outbox,
            new ConnectResponse(tracked.TimeoutMilliseconds, tracked.Id, readOnly.Password, ReadOnly: true));
    }

    private async Task ServeAsync(
        ConnectionContext connection, ConnectionTraffic traffic, SessionConnection session, Outbox outbox,
        ConnectResponse response)
    {
        lock (outbox.Gate)
            response.WriteFrame(outbox.Buffer);
        outbox.Flush();
        services.Statistics.Count(1, 1);
        traffic.Count(1, 1);

        var stopping = Stopping(connection);
        try
        {
            await session.ServeAsync(stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // What was taken is still answered.
        }
        using var farewell = new CancellationTokenSource(_farewell);
        try
        {
            await session.WaitUntilAnsweredAsync(farewell.Token);
            outbox.Flush();
        }
        catch (OperationCanceledException)
        {
            // The log could keep the silo's end waiting for ever.
            connection.Abort();
        }
    }

    // The silo wants to stop: no request is taken any more.
    private static CancellationToken Stopping(ConnectionContext connection) =>
        connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default;

    // The client may come from a silo that is ahead of this one.
    private async Task CatchUpAsync()
    {
        using var timeout = new CancellationTokenSource(services.Options.ConnectTimeout);
        try
        {
            await services.Tail.SyncAsync(timeout.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or LogUnavailableException)
        {
            // It tries another silo, or this one again.
        }
    }

    // Null where there is no such session, or the password is wrong.
    private async Task<SessionTicket?> AttachAsync(ConnectRequest request)
    {
        var opening = new SessionOpening(request.TimeoutMilliseconds, services.Replica.Identity);
        if (request.SessionId != 0)
            return await services.Sessions.AttachAsync(request.SessionId, request.Password, opening);
        return await services.Sessions.OpenAsync(sessionIds.Next, opening);
    }

    private bool IsOpen(long sessionId)
    {
        using (services.Replica.Lock.EnterRead())
            return services.Replica.State.Sessions.ContainsKey(sessionId);
    }

    private Identity[] FirstIdentities(ConnectionContext connection, EndPoint remote) =>
    [
        .. ConnectionAuthentication.FirstIdentities(services.Options.Authentication, (remote as IPEndPoint)?.Address),
        .. connection.Features.Get<TlsIdentities>()?.Identities ?? [],
    ];

    private static void Refuse(Outbox outbox, ConnectRequest request, bool isReadOnly)
    {
        lock (outbox.Gate)
            ConnectResponse.Expired(request.ReadOnly is null ? null : isReadOnly).WriteFrame(outbox.Buffer);
        outbox.Flush();
    }

    private static EndPoint Unmapped(EndPoint? remote) => remote is IPEndPoint { Address.IsIPv4MappedToIPv6: true } mapped
        ? new IPEndPoint(mapped.Address.MapToIPv4(), mapped.Port) : remote!;
}
