using System.Buffers;
using System.Collections.Concurrent;
using Coordination.Client.Diagnostics;
using Coordination.Client.Requests;
using Coordination.Client.Watching;
using Coordination.Protocol;

namespace Coordination.Client.Connecting;

/// <summary>One connection with a session attached: requests go out in batches, answers come back in their order.</summary>
/// <remarks>Who asks writes the request's bytes into a buffer, under the client's gate; one flush at a time sends what has
/// gathered, so requests that are made together leave together.</remarks>
internal sealed class ServerConnection : IThreadPoolWorkItem, IAsyncDisposable
{
    private const int MostGathered = 256 * 1024;
    private const int KeptCapacity = 64 * 1024;

    private readonly Lock _gate;
    private readonly ITransportConnection _transport;
    private readonly SessionKeeper _keeper;
    private readonly WatchTable _watches;
    private readonly CoordinationClientOptions _options;
    private readonly TimeProvider _time;
    private readonly ConcurrentQueue<PendingRequest> _pending = new();
    private readonly ConcurrentQueue<PendingRequest> _auths = new();
    private readonly CancellationTokenSource _ending = new();
    private JuteBuffer _gathering = new(KeptCapacity);
    private JuteBuffer _sending = new(KeptCapacity);
    private Exception? _reason;
    private bool _isFlushing;
    private bool _isLeft;
    private int _lastXid;
    private int _lastXidHandedOver;
    private int _inFlight;
    private int _renewalsAwaited;
    private long _lastSent;
    private long _lastHeard;
    private long _pingSent;

    internal ServerConnection(
        Attachment attachment, ClientSession session, SessionKeeper keeper, Lock gate, WatchTable watches,
        CoordinationClientOptions options)
    {
        _transport = attachment.Transport;
        Server = attachment.Server;
        Session = session;
        IsReadOnly = attachment.IsReadOnly;
        _keeper = keeper;
        _gate = gate;
        _watches = watches;
        _options = options;
        _time = options.TimeProvider;
        _lastSent = _lastHeard = _time.GetTimestamp();
    }

    internal ServerAddress Server { get; }

    /// <summary>The session that is attached; one of this connection's own where it only reads and there is no other.</summary>
    internal ClientSession Session { get; }

    /// <summary>Whether the server can only be read. It keeps no session alive then, whatever it answers.</summary>
    internal bool IsReadOnly { get; }

    /// <summary>Why the connection is over; null while it is not.</summary>
    internal Exception? Reason => Volatile.Read(ref _reason);

    /// <summary>Whether more can be written before what was written is sent. Under the gate.</summary>
    internal bool HasRoom =>
        _gathering.Length < MostGathered && Volatile.Read(ref _inFlight) < _options.MaxInFlight && _reason is null;

    /// <summary>Whether a request can be written before what was written is sent. Under the gate.</summary>
    internal bool HasRoomFor(PendingRequest request) => HasRoom && (!IsToHaveNumber(request) || Session.Numbers.HasRoom);

    /// <summary>Writes a request, to be sent with the next flush. Under the gate.</summary>
    /// <returns>Null; or why it cannot be sent on any connection.</returns>
    internal CoordinationException? Append(PendingRequest request)
    {
        if (IsToHaveNumber(request))
            request.Open(Session.Numbers);
        int start = _gathering.Length;
        int xid = request.FixedXid != 0 ? request.FixedXid : _lastXid == int.MaxValue ? 1 : _lastXid + 1;
        int length;
        try
        {
            length = request.WriteFrame(_gathering, xid);
        }
        catch
        {
            _gathering.Truncate(start);
            throw;
        }
        // Its number would make it too long: it is as good as it was without.
        if (length > _options.LongestRequest && request.TryDropNumber())
        {
            _gathering.Truncate(start);
            length = request.WriteFrame(_gathering, xid);
        }
        if (length > _options.LongestRequest)
        {
            _gathering.Truncate(start);
            return new CoordinationException(
                ErrorCode.BadArguments, request.Name, request.ClientPath, $"at most {_options.LongestRequest} bytes",
                $"a request of {length}");
        }
        request.Timestamp = _time.GetTimestamp();
        Interlocked.Increment(ref _inFlight);
        if (request.FixedXid == 0)
        {
            _lastXid = xid;
            _pending.Enqueue(request);
        }
        else
        {
            _auths.Enqueue(request);
        }
        return null;
    }

    /// <summary>Sets all watches anew. Under the gate, before any request is written.</summary>
    internal void AppendWatches(long lastZxidSeen) =>
        _renewalsAwaited = WatchRenewal.WriteFrames(_gathering, _watches.Paths(), lastZxidSeen);

    /// <summary>Whoever has written must have it sent. Under the gate.</summary>
    /// <returns>Whether <see cref="Flush"/> must be called, outside of the gate.</returns>
    internal bool MustFlush()
    {
        if (_isFlushing)
            return false;
        _isFlushing = true;
        return true;
    }

    internal void Flush() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    void IThreadPoolWorkItem.Execute() => _ = FlushAsync();

    /// <summary>Reads answers and sends pings until the connection is over.</summary>
    internal async Task RunAsync()
    {
        var reading = ReadAsync();
        var pinging = PingAsync();
        await Task.WhenAny(reading, pinging).ConfigureAwait(false);
        Abort(new IOException("the connection is over"));
        await Task.WhenAll(reading, pinging).ConfigureAwait(false);
    }

    /// <summary>Ends the connection; the first reason is the one that counts.</summary>
    internal void Abort(Exception reason)
    {
        if (Interlocked.CompareExchange(ref _reason, reason, null) is not null)
            return;
        _ending.Cancel();
        _transport.Close();
    }

    /// <summary>Takes what was not answered, in its order, after the connection is over. Under the gate.</summary>
    internal List<PendingRequest> TakeUnanswered()
    {
        List<PendingRequest> unanswered = [.. _auths, .. _pending];
        _auths.Clear();
        _pending.Clear();
        return unanswered;
    }

    /// <summary>Whether a request that was not answered may have reached the server.</summary>
    internal bool MayHaveBeenSent(PendingRequest request) => request.Xid - _lastXidHandedOver <= 0;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Abort(new ObjectDisposedException(nameof(ServerConnection)));
        await _transport.DisposeAsync().ConfigureAwait(false);
        _ending.Dispose();
    }

    private async Task FlushAsync()
    {
        try
        {
            while (true)
            {
                lock (_gate)
                {
                    _keeper.Refill(this);
                    if (_gathering.Length == 0 || _reason is not null)
                    {
                        _isFlushing = false;
                        return;
                    }
                    (_gathering, _sending) = (_sending, _gathering);
                    _lastXidHandedOver = _lastXid;
                    _lastSent = _time.GetTimestamp();
                }
                await _transport.WriteAsync(_sending.WrittenMemory, _ending.Token).ConfigureAwait(false);
                _sending.Clear(KeptCapacity);
            }
        }
        catch (Exception exception)
        {
            // The buffers are left to the garbage collector: nobody knows who still reads them.
            Abort(exception);
        }
    }

    private async Task ReadAsync()
    {
        var reader = _transport.Input;
        try
        {
            while (true)
            {
                var read = await reader.ReadAsync(_ending.Token).ConfigureAwait(false);
                Volatile.Write(ref _lastHeard, _time.GetTimestamp());
                var buffer = read.Buffer;
                int answers = 0;
                while (TryTakeFrame(ref buffer, out var frame))
                    Take(frame, ref answers);
                if (answers > 0)
                {
                    Interlocked.Add(ref _inFlight, -answers);
                    _keeper.HasRoom(this);
                }
                reader.AdvanceTo(buffer.Start, buffer.End);
                if (read.IsCompleted)
                    throw new EndOfStreamException("the server closed the connection");
            }
        }
        catch (Exception exception)
        {
            Abort(exception);
        }
    }

    private bool TryTakeFrame(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> frame)
    {
        try
        {
            return Frames.TryTake(ref buffer, _options.LongestReply, out frame);
        }
        catch (MalformedRecordException exception)
        {
            // It would be too long again on the next connection, and on the one after that.
            if (_pending.TryDequeue(out var request))
            {
                request.Fail(new CoordinationException(
                    ErrorCode.MarshallingError, request.Name, request.ClientPath, $"an answer of at most {_options.LongestReply} bytes",
                    "a longer one", exception));
            }
            throw;
        }
    }

    private void Take(in ReadOnlySequence<byte> frame, ref int answers)
    {
        if (frame.IsSingleSegment)
        {
            Take(frame.FirstSpan, ref answers);
            return;
        }
        byte[] bytes = ArrayPool<byte>.Shared.Rent((int)frame.Length);
        try
        {
            frame.CopyTo(bytes);
            Take(bytes.AsSpan(0, (int)frame.Length), ref answers);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private void Take(ReadOnlySpan<byte> frame, ref int answers)
    {
        var reader = new JuteReader(frame);
        var header = ReplyHeader.Read(ref reader);
        switch (header.Xid)
        {
            case ReservedXid.Notification:
                TakeEvent(header, ref reader);
                break;
            case ReservedXid.Update:
                _keeper.Feeds.Take(header.Zxid, ref reader);
                // Whoever was told of a change reads it, at whichever server the session is next.
                _keeper.Seen(header.Zxid);
                break;
            case ReservedXid.Ping:
                HeardAt(Interlocked.Exchange(ref _pingSent, 0));
                break;
            case ReservedXid.SetWatches:
                if (--_renewalsAwaited == 0)
                    _watches.TellSetAnew();
                break;
            case ReservedXid.Auth:
                if (!_auths.TryDequeue(out var auth))
                    throw new MalformedRecordException("an answer to an auth packet that was not sent");
                answers++;
                auth.Answer(header.Error, ref reader);
                break;
            default:
                TakeAnswer(header, ref reader, ref answers);
                break;
        }
    }

    private void HeardAt(long sentAt)
    {
        if (!IsReadOnly)
            Session.HeardAt(sentAt);
    }

    private void TakeEvent(in ReplyHeader header, ref JuteReader reader)
    {
        var type = (WatchEventType)reader.ReadInt();
        reader.ReadInt(); // the state, which is always that of a session that is attached
        _watches.Fire(type, reader.ReadString(), header.Zxid);
    }

    private void TakeAnswer(in ReplyHeader header, ref JuteReader reader, ref int answers)
    {
        if (_isLeft || MustBeSentAgain(header))
            return;
        if (!_pending.TryDequeue(out var request))
            throw new MalformedRecordException($"an answer with xid {header.Xid}, where nothing was asked");
        answers++;
        if (request.Xid != header.Xid)
        {
            var exception = new MalformedRecordException($"an answer with xid {header.Xid}, where {request.Xid} is due");
            request.Fail(new ConnectionLossException(request.Name, request.ClientPath, RequestOutcome.Unknown, exception));
            throw exception;
        }
        HeardAt(request.Timestamp);
        _keeper.Seen(header.Zxid);
        ClientDiagnostics.Answered(request, _time);
        request.Answer(header.Error, ref reader);
        // The server closes the connection now; whether the session is over shows when it is attached anew.
        if (header.Error is ErrorCode.SessionExpired or ErrorCode.SessionMoved)
            Abort(new IOException($"the server answered {header.Error}"));
    }

    // The server did not do it, since the session is not with it any more, or since it stops. It is done elsewhere, with all
    // that comes behind it.
    private bool MustBeSentAgain(in ReplyHeader header)
    {
        if (header.Error is not (ErrorCode.SessionMoved or ErrorCode.ConnectionLoss)
            || !_pending.TryPeek(out var request) || request.Number == 0 || request.Xid != header.Xid)
        {
            return false;
        }
        _isLeft = true;
        Abort(new IOException($"the server answered {header.Error}"));
        return true;
    }

    // A server that can only be read does no write, and keeps no answer.
    private bool IsToHaveNumber(PendingRequest request) =>
        request.IsWrite && request.Number == 0 && Session.Extensions.HasOnce && !IsReadOnly;

    /// <summary>Keeps the session alive, and notices when the server has fallen silent.</summary>
    /// <remarks>As ZooKeeper's clients do: a ping after a third of the timeout without a request, at the latest after 10
    /// seconds; the end of the connection after two thirds without a sign of life.</remarks>
    private async Task PingAsync()
    {
        var pingAfter = TimeSpan.FromTicks(Math.Min(Session.Timeout.Ticks / 3, TimeSpan.TicksPerSecond * 10));
        var endAfter = Session.Timeout * 2 / 3;
        var period = PeriodFor(Session.Timeout);
        using var timer = new PeriodicTimer(period, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_ending.Token).ConfigureAwait(false))
            {
                var silence = _time.GetElapsedTime(Volatile.Read(ref _lastHeard));
                if (silence > endAfter)
                {
                    Abort(new TimeoutException($"nothing was heard for {silence}"));
                    return;
                }
                // Answers that come so late keep the connection busy, and the session not alive.
                if (!IsReadOnly && Session.Remaining < period)
                {
                    Abort(new TimeoutException($"no answer came within {Session.Timeout}"));
                    return;
                }
                if (MustPing(pingAfter))
                    Flush();
            }
        }
        catch (OperationCanceledException)
        {
            // The connection is over.
        }
    }

    private bool MustPing(TimeSpan pingAfter)
    {
        lock (_gate)
        {
            // Not only where nothing is sent: a server that answers nothing else must answer this.
            bool isHeard = IsReadOnly || Session.Remaining > Session.Timeout - pingAfter;
            if (_pingSent != 0 || (_time.GetElapsedTime(_lastSent) < pingAfter && isHeard))
                return false;
            _pingSent = _time.GetTimestamp();
            _gathering.WriteInt(8);
            _gathering.WriteInt(ReservedXid.Ping);
            _gathering.WriteInt((int)OperationCode.Ping);
            return MustFlush();
        }
    }

    private static TimeSpan PeriodFor(TimeSpan timeout) =>
        TimeSpan.FromMilliseconds(Math.Clamp(timeout.TotalMilliseconds / 12, 10, 1000));
}
