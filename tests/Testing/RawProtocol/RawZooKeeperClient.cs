using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Coordination.Testing.RawProtocol;

/// <summary>
/// One connection of ZooKeeper's protocol, with nothing between the test and the wire: it does not reconnect, retry,
/// ping by itself unless told to, or set watches again. Requests are sent in the order of the calls, without waiting
/// for one another.
/// </summary>
/// <remarks>
/// It holds the server to the order that the protocol promises, and ends the connection with a
/// <see cref="ProtocolViolationException"/> where the server breaks it: replies come in the order of their requests,
/// zxids in replies never go back, and a notification comes before any reply that already knows of its change.
/// </remarks>
public sealed partial class RawZooKeeperClient : IAsyncDisposable
{
    private const int NotificationXid = -1;
    private const int PingXid = -2;
    private const int AuthXid = -4;
    private const int SetWatchesXid = -8;
    private const int UpdateXid = -7002;
    private const int LongestFrame = 64 * 1024 * 1024;
    private const int MostBytesAtOnce = 256 * 1024;

    private static readonly TimeSpan s_longestWaitForReply = TimeSpan.FromSeconds(60);

    private readonly Lock _gate = new();
    private readonly Socket _socket;
    private readonly Channel<byte[]> _outgoing =
        Channel.CreateUnbounded<byte[]>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Channel<Notification> _notifications = Channel.CreateUnbounded<Notification>();
    private readonly Channel<ToldUpdate> _updates = Channel.CreateUnbounded<ToldUpdate>();
    private readonly Queue<PendingRequest> _ordinary = new();
    private readonly Queue<PendingRequest> _pings = new();
    private readonly Queue<PendingRequest> _authentications = new();
    private readonly Queue<PendingRequest> _watchResets = new();
    private readonly TaskCompletionSource<ConnectResponse> _handshake =
        new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stopping = new();
    private readonly long _requestedSessionId;

    private Exception? _endReason;
    private long _lastFrameReceived = Stopwatch.GetTimestamp();
    private long _lastReplyZxid;
    private long _lastNotificationZxid;
    private long _lastZxidSeen;
    private long _arrivals;
    private int _lastXid;
    private bool _closeReplyReceived;

    private RawZooKeeperClient(Socket socket, ConnectParameters parameters)
    {
        _socket = socket;
        _requestedSessionId = parameters.SessionId;
        _lastXid = parameters.LastXid;
        _lastZxidSeen = parameters.LastZxidSeen;
    }

    /// <summary>The session, once <see cref="Handshake"/> is over.</summary>
    public long SessionId => Established.SessionId;

    public byte[] Password => Established.Password;

    /// <summary>The timeout that the server granted.</summary>
    public TimeSpan SessionTimeout => TimeSpan.FromMilliseconds(Established.TimeoutMilliseconds);

    /// <summary>The readOnly field of the server's answer; null where it sent none.</summary>
    public bool? ReadOnly => Established.ReadOnly;

    /// <summary>The highest zxid that an ordinary reply bore: what the client says when it re-attaches.</summary>
    public long LastZxidSeen => Interlocked.Read(ref _lastZxidSeen);

    /// <summary>The xid of the last ordinary request that was sent.</summary>
    public int LastXid
    {
        get
        {
            lock (_gate)
                return _lastXid;
        }
    }

    /// <summary>Ends when the server has answered the connect request.</summary>
    public Task Handshake => _handshake.Task;

    /// <summary>Ends, without an exception, when the connection has, for whatever reason.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Why the connection ended; null while it stands.</summary>
    public Exception? EndReason
    {
        get
        {
            lock (_gate)
                return _endReason;
        }
    }

    /// <summary>The notifications, in the order of their arrival; it completes when the connection ends.</summary>
    public ChannelReader<Notification> Notifications => _notifications.Reader;

    /// <summary>What watches that go on from a zxid have told, in the order of arrival; it completes when the connection
    /// ends.</summary>
    public ChannelReader<ToldUpdate> Updates => _updates.Reader;

    private ConnectResponse Established => _handshake.Task.IsCompletedSuccessfully
        ? _handshake.Task.Result
        : throw new InvalidOperationException("the session is not established");

    /// <summary>Connects and waits until the session is established.</summary>
    /// <exception cref="SessionExpiredException">
    /// The server does not know the session, or not by this password.
    /// </exception>
    /// <exception cref="ConnectionLostException">The server closed the connection without an answer.</exception>
    public static async Task<RawZooKeeperClient> ConnectAsync(IPEndPoint server, ConnectParameters? parameters = null)
    {
        parameters ??= new ConnectParameters();
        var client = await OpenAsync(server, parameters);
        try
        {
            await client.Handshake.WaitAsync(parameters.ConnectTimeout);
            return client;
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Connects and sends the connect request, but does not wait for the answer: requests may follow at once, as
    /// ZooKeeper's own client sends them.
    /// </summary>
    public static async Task<RawZooKeeperClient> OpenAsync(IPEndPoint server, ConnectParameters? parameters = null)
    {
        parameters ??= new ConnectParameters();
        var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            using var timeout = new CancellationTokenSource(parameters.ConnectTimeout);
            await socket.ConnectAsync(server, timeout.Token);
        }
        catch (Exception exception)
        {
            socket.Dispose();
            throw new ConnectionLostException($"no connection to {server}: {exception.Message}", exception);
        }

        var client = new RawZooKeeperClient(socket, parameters);
        client.SendConnectRequest(parameters);
        _ = Task.Run(client.SendLoopAsync);
        _ = Task.Run(client.ReceiveLoopAsync);
        _ = Task.Run(client.WatchForSilenceAsync);
        return client;
    }

    /// <summary>Sends any request with a xid of its own; the way to send what the methods here do not.</summary>
    public Task<Reply<T>> SendAsync<T>(
        OperationCode code, string description, Action<JuteWriter> writeBody, RecordReader<T> readBody) =>
        Send(_ordinary, null, code, description, writeBody, readBody);

    /// <summary>Sends bytes as they are, whole frames or not. A reply to them breaks the expected order.</summary>
    public void SendBytes(byte[] bytes)
    {
        lock (_gate)
            _outgoing.Writer.TryWrite(bytes);
    }

    /// <summary>Pings at an interval until the connection ends.</summary>
    public void KeepAlive(TimeSpan interval) => _ = Task.Run(async () =>
    {
        try
        {
            using var timer = new PeriodicTimer(interval);
            while (await timer.WaitForNextTickAsync(_stopping.Token))
                await PingAsync();
        }
        catch (Exception exception) when (exception is OperationCanceledException or ConnectionLostException
            or ProtocolViolationException)
        {
            // Whoever waits for a reply is told of the connection's end; this loop only ends with it.
        }
    });

    /// <summary>The next notification.</summary>
    public async Task<Notification> NextNotificationAsync(TimeSpan within)
    {
        using var timeout = new CancellationTokenSource(within);
        try
        {
            return await _notifications.Reader.ReadAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"no notification within {within.TotalSeconds:0.0} s");
        }
        catch (ChannelClosedException)
        {
            throw EndReason!;
        }
    }

    /// <summary>Ends the connection without closing the session, as a network would.</summary>
    public void Disconnect() => End(new ConnectionLostException("disconnected by the test"));

    /// <summary>Ends the connection without closing the session.</summary>
    /// <exception cref="ProtocolViolationException">
    /// The server broke the protocol: a test may not pass because it happened to wait for nothing after that.
    /// </exception>
    public async ValueTask DisposeAsync()
    {
        Disconnect();
        await Ended;
        if (EndReason is ProtocolViolationException violation)
            throw violation;
    }

    private static Nothing ReadNothing(ref JuteReader body) => default;

    private void SendConnectRequest(ConnectParameters parameters)
    {
        var writer = new JuteWriter();
        writer.WriteInt(0);
        writer.WriteLong(parameters.LastZxidSeen);
        writer.WriteInt((int)parameters.SessionTimeout.TotalMilliseconds);
        writer.WriteLong(parameters.SessionId);
        writer.WriteBuffer(parameters.Password);
        if (parameters.ReadOnly is { } readOnly)
            writer.WriteBool(readOnly);
        _outgoing.Writer.TryWrite(writer.ToFrame());
    }

    private Task<Reply<T>> Send<T>(
        Queue<PendingRequest> queue,
        int? fixedXid,
        OperationCode code,
        string description,
        Action<JuteWriter> writeBody,
        RecordReader<T> readBody)
    {
        // The xid, the place among the pending and the place on the wire must be taken in one step.
        lock (_gate)
        {
            int xid = fixedXid ?? NextXid();
            var pending = new PendingReply<T>(xid, description, readBody);
            if (_endReason is not null)
            {
                pending.Fail(_endReason);
                return pending.Task;
            }

            var writer = new JuteWriter();
            writer.WriteInt(xid);
            writer.WriteInt((int)code);
            writeBody(writer);
            queue.Enqueue(pending);
            _outgoing.Writer.TryWrite(writer.ToFrame());
            return pending.Task;
        }
    }

    private int NextXid() => _lastXid = _lastXid == int.MaxValue ? 1 : _lastXid + 1;

    private async Task SendLoopAsync()
    {
        try
        {
            var together = new ArrayBufferWriter<byte>();
            while (await _outgoing.Reader.WaitToReadAsync(_stopping.Token))
            {
                together.ResetWrittenCount();
                while (together.WrittenCount < MostBytesAtOnce && _outgoing.Reader.TryRead(out byte[]? frame))
                    together.Write(frame);
                for (int sent = 0; sent < together.WrittenCount;)
                    sent += await _socket.SendAsync(together.WrittenMemory[sent..], _stopping.Token);
            }
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException
            or ObjectDisposedException)
        {
            // The receiving side sees the same end, after the replies that came before it, and those count.
        }
    }

    private async Task ReceiveLoopAsync()
    {
        Exception reason;
        try
        {
            await using var stream = new NetworkStream(_socket, ownsSocket: false);
            var pipe = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 64 * 1024));
            while (true)
            {
                var read = await pipe.ReadAsync(_stopping.Token);
                var buffer = read.Buffer;
                while (TryTakeFrame(ref buffer, out byte[] frame))
                    Receive(frame);
                pipe.AdvanceTo(buffer.Start, buffer.End);
                if (!read.IsCompleted)
                    continue;
                reason = buffer.IsEmpty
                    ? new ConnectionLostException("the server closed the connection")
                    : new ConnectionLostException("the server closed the connection in the middle of a frame");
                break;
            }
        }
        catch (ProtocolViolationException violation)
        {
            reason = violation;
        }
        catch (Exception exception)
        {
            reason = new ConnectionLostException($"the connection is lost: {exception.Message}", exception);
        }

        End(reason);
        _socket.Dispose();
        _ended.TrySetResult();
    }

    // A server that neither answers nor hangs up would otherwise hold a test until its own limit, without a word.
    private async Task WatchForSilenceAsync()
    {
        try
        {
            using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                PendingRequest? oldest;
                lock (_gate)
                    oldest = _ordinary.TryPeek(out var request) ? request : null;
                if (oldest is not null && oldest.Age > s_longestWaitForReply
                    && Stopwatch.GetElapsedTime(Interlocked.Read(ref _lastFrameReceived)) > s_longestWaitForReply)
                {
                    End(new ConnectionLostException(
                        $"no reply within {s_longestWaitForReply.TotalSeconds} s to {oldest.Description}"));
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The connection has ended.
        }
    }

    private static bool TryTakeFrame(ref ReadOnlySequence<byte> buffer, out byte[] frame)
    {
        frame = [];
        if (buffer.Length < sizeof(int))
            return false;
        Span<byte> prefix = stackalloc byte[sizeof(int)];
        buffer.Slice(0, sizeof(int)).CopyTo(prefix);
        int length = BinaryPrimitives.ReadInt32BigEndian(prefix);
        if (length is < 0 or > LongestFrame)
            throw new ProtocolViolationException($"a frame has the length {length}");
        if (buffer.Length < sizeof(int) + length)
            return false;
        frame = buffer.Slice(sizeof(int), length).ToArray();
        buffer = buffer.Slice(sizeof(int) + length);
        return true;
    }

    private void Receive(byte[] frame)
    {
        Interlocked.Exchange(ref _lastFrameReceived, Stopwatch.GetTimestamp());
        var reader = new JuteReader(frame);
        if (!_handshake.Task.IsCompleted)
        {
            ReceiveConnectResponse(ref reader);
            return;
        }

        if (_closeReplyReceived)
            throw new ProtocolViolationException("a frame follows the reply to closeSession");
        long arrival = ++_arrivals;
        var header = ReplyHeader.Read(ref reader);
        switch (header.Xid)
        {
            case NotificationXid:
                ReceiveNotification(header, ref reader, arrival);
                break;
            case UpdateXid:
                _updates.Writer.TryWrite(ToldUpdate.Read(header, ref reader));
                break;
            case PingXid:
                TakePending(_pings, header).Complete(header, ref reader, arrival);
                break;
            case AuthXid:
                TakePending(_authentications, header).Complete(header, ref reader, arrival);
                break;
            case SetWatchesXid:
                TakePending(_watchResets, header).Complete(header, ref reader, arrival);
                break;
            default:
                var request = TakePending(_ordinary, header);
                CheckReplyZxid(header, request);
                request.Complete(header, ref reader, arrival);
                break;
        }
    }

    private void ReceiveConnectResponse(ref JuteReader reader)
    {
        var response = ConnectResponse.Read(ref reader);
        if (reader.Remaining != 0)
            throw new ProtocolViolationException($"{reader.Remaining} bytes follow the connect response");
        if (response.TimeoutMilliseconds <= 0)
        {
            var expired = new SessionExpiredException(_requestedSessionId);
            _handshake.TrySetException(expired);
            End(expired);
            return;
        }

        if (_requestedSessionId != 0 && response.SessionId != _requestedSessionId)
            throw new ProtocolViolationException(
                $"asked for the session 0x{_requestedSessionId:x}, got 0x{response.SessionId:x}");
        _handshake.TrySetResult(response);
    }

    private void ReceiveNotification(in ReplyHeader header, ref JuteReader reader, long arrival)
    {
        var type = (WatchEventType)reader.ReadInt();
        int state = reader.ReadInt();
        string path = reader.ReadString() ?? throw new ProtocolViolationException("a notification's path is null");
        const int SyncConnected = 3;
        if (header.Error != ErrorCode.Ok || !Enum.IsDefined(type) || state != SyncConnected || reader.Remaining != 0)
            throw new ProtocolViolationException(
                $"a notification of {path}: type {type}, state {state}, error {header.Error}, "
                + $"{reader.Remaining} bytes behind it");
        bool catchingUp;
        lock (_gate)
            catchingUp = _watchResets.Count > 0;
        // What setWatches finds to have changed while the client was away is old by nature. ZooKeeper before 3.9 does
        // not tell the zxid.
        if (header.Zxid > 0 && !catchingUp)
        {
            if (header.Zxid <= _lastReplyZxid)
                throw new ProtocolViolationException(
                    $"the notification {type} {path} of zxid 0x{header.Zxid:x} follows a reply of "
                    + $"0x{_lastReplyZxid:x}");
            if (header.Zxid < _lastNotificationZxid)
                throw new ProtocolViolationException(
                    $"the notification {type} {path} of zxid 0x{header.Zxid:x} follows one of "
                    + $"0x{_lastNotificationZxid:x}");
            _lastNotificationZxid = header.Zxid;
        }

        _notifications.Writer.TryWrite(new Notification(type, path, header.Zxid, arrival));
    }

    private PendingRequest TakePending(Queue<PendingRequest> queue, in ReplyHeader header)
    {
        lock (_gate)
        {
            if (!queue.TryPeek(out var request))
                throw new ProtocolViolationException($"a reply to xid {header.Xid}, which nothing waits for");
            if (request.Xid != header.Xid)
                throw new ProtocolViolationException(
                    $"a reply to xid {header.Xid} where {request.Xid} is due ({request.Description})");
            return queue.Dequeue();
        }
    }

    private void CheckReplyZxid(in ReplyHeader header, PendingRequest request)
    {
        // SASL's replies bear no zxid.
        if (header.Zxid <= 0)
            return;
        if (header.Zxid < _lastReplyZxid)
            throw new ProtocolViolationException(
                $"the reply to {request.Description} bears zxid 0x{header.Zxid:x} after 0x{_lastReplyZxid:x}");
        _lastReplyZxid = header.Zxid;
        if (header.Zxid > _lastZxidSeen)
            Interlocked.Exchange(ref _lastZxidSeen, header.Zxid);
    }

    private void End(Exception reason)
    {
        PendingRequest[] unanswered;
        lock (_gate)
        {
            if (_endReason is not null)
                return;
            _endReason = reason;
            unanswered = [.. _ordinary, .. _pings, .. _authentications, .. _watchResets];
            _ordinary.Clear();
            _pings.Clear();
            _authentications.Clear();
            _watchResets.Clear();
        }

        _stopping.Cancel();
        foreach (var request in unanswered)
            request.Fail(reason);
        if (_handshake.TrySetException(reason))
            _ = _handshake.Task.Exception;
        _notifications.Writer.TryComplete();
        _updates.Writer.TryComplete();
    }
}
