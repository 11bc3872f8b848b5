using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Net;
using System.Runtime.InteropServices;
using Coordination.Engine.Requests;
using Coordination.Engine.Security;
using Coordination.Engine.Watches;
using Coordination.Gateway.Authentication;
using Coordination.Gateway.Requests;
using Coordination.Grains;
using Coordination.Grains.Replication;
using Coordination.Grains.Sessions;
using Coordination.Protocol;

namespace Coordination.Gateway;

/// <summary>One client's connection once its session is attached: reads requests, answers them in their order.</summary>
/// <remarks>Reads are answered on the thread that has read them. Writes go to the pipeline, and are answered by the
/// thread that applies, together with the small reads right behind them; any other request that must see them waits,
/// unread, until they are.</remarks>
internal sealed partial class SessionConnection : Watcher, ISessionConnection, IAfterApply, IAsyncDisposable
{
    private const int MostReadsAtOnce = 64;
    private const int MostWatchesAtOnce = 256;

    private readonly GatewayServices _services;
    private readonly PipeReader _input;
    private readonly Outbox _outbox;
    private readonly Action _abort;
    private readonly EndPoint? _remote;
    private readonly ConnectionTraffic _traffic;
    private readonly int _mostReadsBehindWrites;
    private readonly ConnectionAuthentication _authentication;
    private readonly List<WriteRequest> _writes = [];
    private TrackedSession _session = null!;
    private Caller _caller;
    private byte[] _frame = [];
    private WatchRenewal? _renewal;
    private TaskCompletionSource? _answeredAll;
    private ConnectionWrite? _lastWrite;
    private int _outstanding;
    private int _readsBehindWrites;
    private int _answered;
    private bool _hasAnsweredWrites;
    private bool _isAnsweringReads;
    private bool _isInAfterApply;
    private bool _isClosingSession;
    private bool _isBarred;
    private bool _isGone;
    private volatile bool _isEnded;

    public SessionConnection(
        GatewayServices services, PipeReader input, Outbox outbox, Action abort, EndPoint? remote,
        ConnectionTraffic traffic, Caller caller)
    {
        _services = services;
        _input = input;
        _outbox = outbox;
        _abort = abort;
        _remote = remote;
        _traffic = traffic;
        _traffic.Outstanding = () => Volatile.Read(ref _outstanding);
        _caller = caller;
        _authentication = new ConnectionAuthentication(services.Options.Authentication);
        _isBarred = _authentication.IsBarred(caller);
        // Nobody can wait for the client between their answers, which may be of any length: they must fit.
        _mostReadsBehindWrites = Math.Min(
            services.Options.MostOutstanding, services.Options.MostUnsent / 2 / services.Options.LongestFrame);
    }

    /// <summary>What is to be done before the next request is looked at.</summary>
    private enum Step
    {
        Receive,
        GoOn,
        AwaitAnswers,
        Throttle,
        Sync,
        RenewWatches,
        AnswerAtLength,
        CloseSession,
        End,
    }

    /// <summary>The session that is served.</summary>
    public TrackedSession Session => _session;

    /// <inheritdoc/>
    public bool IsOwedAnAnswer => Volatile.Read(ref _outstanding) > 0;

    /// <summary>Ties the connection to its session.</summary>
    /// <returns>False when the session is gone, or another connection's, by now.</returns>
    public bool TryBind()
    {
        _session = _services.Tracker.Bind(_caller.SessionId, _caller.AttachZxid, this)!;
        if (_session is null)
            return false;
        _traffic.Session = this;
        return true;
    }

    /// <summary>Serves the client until it closes its session, is gone, or has to be shut out.</summary>
    /// <remarks>A client that is gone has its requests carried out that it sent before, a closeSession above all.</remarks>
    public async Task ServeAsync(CancellationToken cancellationToken)
    {
        while (!_isEnded)
        {
            var input = await _input.ReadAsync(cancellationToken);
            if (input.IsCanceled)
                return;
            // What has arrived is held until all of it is done: once the client has reset the connection, as one does
            // that closes it with answers unread, it could not be read again.
            var left = input.Buffer;
            var step = Step.GoOn;
            while (step != Step.Receive && !_isEnded)
            {
                long now = _services.Tracker.Now;
                if (!_services.Tracker.MayServe(now))
                    return;
                if (!left.IsEmpty)
                    _session.Touch(now);
                step = Process(left, out var consumed);
                left = left.Slice(consumed);
                switch (step)
                {
                    case Step.Receive when input.IsCompleted:
                    case Step.End:
                        return;
                    case Step.AwaitAnswers:
                        await WaitUntilAnsweredAsync(cancellationToken);
                        break;
                    case Step.Throttle:
                        await ThrottleAsync(cancellationToken);
                        break;
                    case Step.Sync:
                        await SyncAsync(cancellationToken);
                        break;
                    case Step.RenewWatches:
                        await RenewWatchesAsync(cancellationToken);
                        break;
                    case Step.AnswerAtLength:
                        // Not on a thread that other connections are read by.
                        await Task.Run(AnswerAtLength, CancellationToken.None);
                        break;
                    case Step.CloseSession:
                        await CloseSessionAsync();
                        return;
                }
            }
            _input.AdvanceTo(left.Start, left.End);
        }
    }

    /// <summary>Waits until the writes that were taken are answered.</summary>
    public Task WaitUntilAnsweredAsync(CancellationToken cancellationToken)
    {
        lock (_outbox.Gate)
        {
            if (_outstanding == 0)
                return Task.CompletedTask;
            _answeredAll ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _answeredAll.Task.WaitAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public override bool MayRead(ReadOnlySpan<Acl> acl) => AccessRules.Allows(acl, Permissions.Read, _caller.Identities);

    /// <inheritdoc/>
    public override void Notify(in WatchEvent watchEvent)
    {
        lock (_outbox.Gate)
        {
            EventFrame.Write(_outbox.Buffer, watchEvent);
            _answered++;
            CallAfterApply();
        }
    }

    /// <summary>Answers a write; called in order, while the state is locked.</summary>
    public void Complete(ConnectionWrite write, in WriteOutcome outcome)
    {
        // While it counts as outstanding: none of the connection's requests is measured by another thread.
        _traffic.Measure(1, _services.Statistics.Answered(1, write.ReadAt), write.Header, outcome.Zxid);
        if (write.LargeBytes > 0)
            _services.LargeRequests.Leave(write.LargeBytes);
        lock (_outbox.Gate)
        {
            WriteAnswer.WriteFrame(_outbox.Buffer, write.Cxid, write.Operation, outcome);
            write.IsAnswered = true;
            if (!_isGone)
                AnswerReadsBehind(write);
            // ZooKeeper tears down a connection whose session has gone from it.
            if (outcome.Error is ErrorCode.SessionMoved or ErrorCode.SessionExpired or ErrorCode.ConnectionLoss)
                _isEnded = true;
            Interlocked.Decrement(ref _outstanding);
            _hasAnsweredWrites = true;
            _answered++;
            CallAfterApply();
        }
        _services.Audit?.Take(write.Caller, write.Operation, outcome);
    }

    /// <inheritdoc/>
    public void AfterApply()
    {
        TaskCompletionSource? answeredAll = null;
        int answered, unsent;
        bool hasAnsweredWrites;
        lock (_outbox.Gate)
        {
            _isInAfterApply = false;
            (hasAnsweredWrites, _hasAnsweredWrites) = (_hasAnsweredWrites, false);
            answered = _answered;
            _answered = 0;
            unsent = _outbox.Unsent;
            if (_outstanding == 0)
                (answeredAll, _answeredAll) = (_answeredAll, null);
        }
        Count(0, answered);
        // Time that the client waited for us is not held against it; that it is told something proves nothing.
        if (hasAnsweredWrites)
            _session.Touch(_services.Tracker.Now);
        // One who waited for its answers goes on to requests whose answers are sent along.
        if (answeredAll is null || _isEnded)
            _outbox.Flush();
        answeredAll?.SetResult();
        if (unsent > _services.Options.MostUnsent)
        {
            _services.Log.NeverReads(_session.Id, _services.Options.MostUnsent);
            _isEnded = true;
            _abort();
        }
        else if (_isEnded)
        {
            _input.CancelPendingRead();
        }
    }

    /// <inheritdoc/>
    public void SessionMoved() => EndSoon();

    /// <inheritdoc/>
    public void ServiceEnded() => EndSoon();

    /// <inheritdoc/>
    public void SessionClosed()
    {
        if (!_isClosingSession)
            EndSoon();
    }

    /// <summary>Forgets the connection's watches; its session lives on without it.</summary>
    public async ValueTask DisposeAsync()
    {
        _isEnded = true;
        // One that found its session gone, or moved on, before it was bound has nothing to forget.
        if (_session is null)
            return;
        _services.Tracker.Unbind(_session, this);
        using (_services.Replica.Lock.EnterRead())
        {
            // Reads behind a write that is still under way would set watches that nobody removes.
            _isGone = true;
        }
        var removal = _services.Replica.State.Watches.BeginRemoval(this);
        while (RemoveSome(removal))
            await LetOthersInAsync();
    }

    private Step Process(ReadOnlySequence<byte> input, out SequencePosition consumed)
    {
        var frames = new FrameSplitter(input, _services.Options.LongestFrame);
        long readAt = Stopwatch.GetTimestamp();
        int received = 0;
        Step step;
        try
        {
            do
                step = ProcessNext(ref frames, readAt, ref received);
            while (step == Step.GoOn);
        }
        catch (Exception e) when (e is FrameLengthException or MalformedRecordException)
        {
            _services.Log.ShutOut(_remote, e.Message);
            step = Step.End;
        }
        consumed = frames.Position;
        Count(received, 0);
        Submit();
        _outbox.Flush();
        return step;
    }

    private Step ProcessNext(ref FrameSplitter frames, long readAt, ref int received)
    {
        if (!frames.TryPeek(out var frame))
            return Step.Receive;
        var reader = new JuteReader(frame);
        var header = RequestHeader.Read(ref reader);
        if (_isBarred)
            return AnswerReads(ref frames, readAt, ref received);
        if (WriteDecoder.IsWrite(header.Operation))
        {
            if (_outstanding + _writes.Count >= _services.Options.MostOutstanding || !_services.Pipeline.HasRoom)
                return Step.Throttle;
            if (TryDecodeWrite(header, ref reader) is { } operation)
            {
                int largeBytes = _services.LargeRequests.IsLarge(frame.Length) ? frame.Length : 0;
                if (largeBytes > 0 && !_services.LargeRequests.TryEnter(largeBytes))
                    return RefuseLarge(largeBytes);
                _lastWrite = new ConnectionWrite(this, _caller, operation, header, readAt) { LargeBytes = largeBytes };
                _writes.Add(_lastWrite);
                frames.Take(frame.Length);
                received++;
                return Step.GoOn;
            }
        }
        else if (IsSmallRead(header.Operation) && TryPutBehindWrite(frame, header.Operation, ref reader))
        {
            frames.Take(frame.Length);
            received++;
            return Step.GoOn;
        }
        // All else sees, or is answered behind, the writes before it.
        if (_writes.Count > 0 || IsOwedAnAnswer)
            return Step.AwaitAnswers;
        if (_outbox.Unsent > _services.Options.MostUnsentAnswers)
            return Step.Throttle;
        if (header.Operation is OperationCode.Sync or OperationCode.CloseSession)
        {
            _frame = frame.ToArray();
            frames.Take(frame.Length);
            received++;
            return header.Operation == OperationCode.Sync ? Step.Sync : Step.CloseSession;
        }
        if (WatchRenewal.IsRenewal(header.Operation))
        {
            _renewal = WatchRenewal.Read(header, ref reader);
            frames.Take(frame.Length);
            received++;
            return Step.RenewWatches;
        }
        return AnswerReads(ref frames, readAt, ref received);
    }

    private Step RefuseLarge(int bytes)
    {
        _services.Statistics.RejectedLargeRequests.Count();
        _services.Log.ShutOut(_remote, $"its write of {bytes} bytes is more than is left for large ones");
        return Step.End;
    }

    // What takes no longer to answer than a write, so that it may be answered while the state is locked for one.
    private static bool IsSmallRead(OperationCode operation) =>
        operation is OperationCode.GetData or OperationCode.Exists or OperationCode.Ping;

    private bool TryPutBehindWrite(ReadOnlySpan<byte> frame, OperationCode operation, ref JuteReader record)
    {
        if (_lastWrite is null)
            return false;
        lock (_outbox.Gate)
        {
            if (_lastWrite.IsAnswered || _readsBehindWrites >= _mostReadsBehindWrites
                || _outbox.Unsent > _services.Options.MostUnsentAnswers)
            {
                return false;
            }
            // What cannot be decoded has to be found now: later, what came behind it would be answered too.
            if (operation != OperationCode.Ping)
                ReadAnswer.Skip(ref record);
            _lastWrite.AddReadBehind(frame);
            _readsBehindWrites++;
            return true;
        }
    }

    private void AnswerReadsBehind(ConnectionWrite write)
    {
        int position = 0;
        // Beyond that the connection is closed anyway.
        while (_outbox.Unsent <= _services.Options.MostUnsent && write.TryTakeReadBehind(ref position, out var frame))
        {
            var reader = new JuteReader(frame);
            var header = RequestHeader.Read(ref reader);
            Answer(header, ref reader);
            _readsBehindWrites--;
            _answered++;
        }
    }

    // Null where the operation is one that cannot be in a multi: a refusal, to be answered in its order.
    private static WriteOperation? TryDecodeWrite(RequestHeader header, ref JuteReader reader)
    {
        try
        {
            return WriteDecoder.Read(header.Operation, ref reader);
        }
        catch (NotInMultiException)
        {
            return null;
        }
    }

    private Step AnswerReads(ref FrameSplitter frames, long readAt, ref int received)
    {
        int answered = 0;
        long zxid;
        RequestHeader last = default;
        var step = Step.GoOn;
        using (_services.Replica.Lock.EnterRead())
        {
            lock (_outbox.Gate)
            {
                _isAnsweringReads = true;
                while (step == Step.GoOn && answered < MostReadsAtOnce
                    && _outbox.Unsent <= _services.Options.MostUnsentAnswers && frames.TryPeek(out var frame))
                {
                    var reader = new JuteReader(frame);
                    var header = RequestHeader.Read(ref reader);
                    if (answered > 0 && IsBarrier(header.Operation))
                        break;
                    step = Answer(header, ref reader);
                    frames.Take(frame.Length);
                    last = header;
                    answered++;
                }
                _isAnsweringReads = false;
            }
            zxid = _services.Replica.State.LastZxid;
        }
        received += answered;
        _traffic.Measure(answered, _services.Statistics.Answered(answered, readAt), last, zxid);
        Count(0, answered);
        return step;
    }

    private static bool IsBarrier(OperationCode operation) =>
        WriteDecoder.IsWrite(operation) || WatchRenewal.IsRenewal(operation)
        || operation is OperationCode.Sync or OperationCode.CloseSession;

    private Step Answer(RequestHeader header, ref JuteReader reader)
    {
        var state = _services.Replica.State;
        if (_isBarred && header.Operation is not (OperationCode.Auth or OperationCode.Sasl))
            return Refuse(header.Xid);
        if (ReadAnswer.IsRead(header.Operation))
            return AnswerAtLengthLater(ReadAnswer.WriteFrame(_outbox.Buffer, header, ref reader, state, _caller.Identities, this));
        if (WatchRequest.IsWatchRequest(header.Operation))
        {
            WatchRequest.WriteFrame(_outbox.Buffer, header, ref reader, state, this);
            return Step.GoOn;
        }
        var error = ErrorCode.Ok;
        switch (header.Operation)
        {
            case OperationCode.Ping:
                break;
            case OperationCode.Auth:
                return AnswerAuth(header.Xid, ref reader);
            case OperationCode.Sasl:
                return AnswerSasl(header.Xid, ref reader);
            case OperationCode.Multi:
                error = ErrorCode.MarshallingError;
                break;
            case OperationCode.MultiRead:
                return AnswerAtLengthLater(MultiReadAnswer.WriteFrame(
                    _outbox.Buffer, header, ref reader, state, _caller.Identities, _services.Options.MostUnsent));
            case OperationCode.GetEphemerals:
                return AnswerAtLengthLater(
                    EphemeralsAnswer.Begin(_outbox.Buffer, header, ref reader, state, _caller.SessionId));
            case OperationCode.GetAllChildrenNumber:
                return CountDescendants(header, ref reader);
            case OperationCode.WhoAmI:
                WhoAmIAnswer.WriteFrame(_outbox.Buffer, header.Xid, state.LastZxid, _caller.Identities);
                return Step.GoOn;
            case OperationCode.Reconfig:
                error = ErrorCode.ReconfigDisabled;
                break;
            default:
                error = ErrorCode.Unimplemented;
                break;
        }
        HeaderFrame.Write(_outbox.Buffer, header.Xid, state.LastZxid, error);
        return error == ErrorCode.Unimplemented ? Step.End : Step.GoOn;
    }

    private Step AnswerAuth(int xid, ref JuteReader reader)
    {
        var error = _authentication.TakePacket(ref reader, ref _caller, out string scheme);
        HeaderFrame.Write(_outbox.Buffer, xid, 0, error);
        _isBarred = _authentication.IsBarred(_caller);
        if (error == ErrorCode.Ok)
            return Step.GoOn;
        _services.Statistics.FailedAuthentications.Count();
        _services.Log.ShutOut(_remote, $"it cannot authenticate by the scheme {scheme}");
        return Step.End;
    }

    private Step AnswerSasl(int xid, ref JuteReader reader)
    {
        var error = _authentication.TakeToken(ref reader, ref _caller, out byte[]? token);
        HeaderFrame.WriteWithToken(_outbox.Buffer, xid, error, token);
        _isBarred = _authentication.IsBarred(_caller);
        if (error == ErrorCode.Ok)
            return Step.GoOn;
        _services.Statistics.FailedAuthentications.Count();
        _services.Log.ShutOut(_remote, "its SASL login has failed");
        return Step.End;
    }

    private Step Refuse(int xid)
    {
        HeaderFrame.Write(_outbox.Buffer, xid, 0, ErrorCode.SessionClosedRequireSaslAuth);
        _services.Log.ShutOut(_remote, "it has not authenticated by a scheme that is enforced");
        return Step.End;
    }

    private void Submit()
    {
        if (_writes.Count == 0)
            return;
        Interlocked.Add(ref _outstanding, _writes.Count);
        _services.Pipeline.Submit(CollectionsMarshal.AsSpan(_writes));
        _writes.Clear();
    }

    private async Task ThrottleAsync(CancellationToken cancellationToken)
    {
        await _services.Pipeline.WaitForRoomAsync(cancellationToken);
        if (_outstanding >= _services.Options.MostOutstanding)
            await WaitUntilAnsweredAsync(cancellationToken);
        // Whoever answered the last of them left it to this connection to send what it has.
        _outbox.Flush();
        if (_outbox.Unsent > _services.Options.MostUnsentAnswers)
            await _outbox.WaitUntilSentAsync().WaitAsync(cancellationToken);
    }

    private async Task SyncAsync(CancellationToken cancellationToken)
    {
        long readAt = Stopwatch.GetTimestamp();
        await _services.Tail.SyncAsync(cancellationToken);
        var header = AnswerSync();
        _traffic.Measure(1, _services.Statistics.Answered(1, readAt), header, _services.Replica.LastZxid);
        Count(0, 1);
        _outbox.Flush();
    }

    private RequestHeader AnswerSync()
    {
        var reader = new JuteReader(_frame);
        var header = RequestHeader.Read(ref reader);
        using (_services.Replica.Lock.EnterRead())
        {
            lock (_outbox.Gate)
            {
                HeaderFrame.WriteWithPath(
                    _outbox.Buffer, header.Xid, _services.Replica.State.LastZxid, reader.ReadUtf8());
            }
        }
        return header;
    }

    private async Task RenewWatchesAsync(CancellationToken cancellationToken)
    {
        long readAt = Stopwatch.GetTimestamp();
        using var renewal = _renewal!;
        _renewal = null;
        while (!_isEnded && !RenewSome(renewal))
        {
            _outbox.Flush();
            if (_outbox.Unsent > _services.Options.MostUnsentAnswers)
                await _outbox.WaitUntilSentAsync().WaitAsync(cancellationToken);
            await LetOthersInAsync();
        }
        if (_isEnded)
            return;
        _traffic.Measure(1, _services.Statistics.Answered(1, readAt), renewal.Header, _services.Replica.LastZxid);
        Count(0, 1);
        _outbox.Flush();
    }

    // Whether all are renewed, and the request is answered.
    private bool RenewSome(WatchRenewal renewal)
    {
        using (_services.Replica.Lock.EnterRead())
        {
            lock (_outbox.Gate)
            {
                var state = _services.Replica.State;
                _isAnsweringReads = true;
                bool isDone = renewal.GoOn(MostWatchesAtOnce, state, this);
                _isAnsweringReads = false;
                if (isDone)
                    HeaderFrame.Write(_outbox.Buffer, renewal.Header.Xid, state.LastZxid, ErrorCode.Ok);
                return isDone;
            }
        }
    }

    // The thread that polls the sockets is needed for other connections, the lock for other writes.
    private async ValueTask LetOthersInAsync()
    {
        await Task.Yield();
        _services.Replica.Lock.LetWriterIn();
    }

    private bool RemoveSome(WatchRemoval removal)
    {
        using (_services.Replica.Lock.EnterRead())
            return removal.GoOn(MostWatchesAtOnce);
    }

    private async Task CloseSessionAsync()
    {
        _isClosingSession = true;
        await _services.Grains.GetGrain<ISessionGrain>(_session.Id).CloseAsync(_session.AttachZxid);
        var reader = new JuteReader(_frame);
        int xid = RequestHeader.Read(ref reader).Xid;
        lock (_outbox.Gate)
            HeaderFrame.Write(_outbox.Buffer, xid, _services.Replica.LastZxid, ErrorCode.Ok);
        Count(0, 1);
    }

    private void Count(int received, int sent)
    {
        _services.Statistics.Count(received, sent);
        _traffic.Count(received, sent);
    }

    // The state is locked: what ends the connection may take its time on another thread.
    private void EndSoon()
    {
        _isEnded = true;
        ThreadPool.UnsafeQueueUserWorkItem(static connection => connection._abort(), this, preferLocal: false);
    }

    private void CallAfterApply()
    {
        // A reader sends what it was told together with its own answers.
        if (_isAnsweringReads || _isInAfterApply)
            return;
        _isInAfterApply = true;
        _services.Replica.CallAfterApply(this);
    }
}
