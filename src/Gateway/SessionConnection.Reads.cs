using System.Diagnostics;
using Coordination.Gateway.Requests;
using Coordination.Protocol;

namespace Coordination.Gateway;

/// <content>Reads, and all else that is answered from the state on the thread that has read it; sync.</content>
internal sealed partial class SessionConnection
{
    // How long a read of what is not there may take to find out whether it is there by now.
    private static readonly TimeSpan s_longestAsking = TimeSpan.FromMilliseconds(100);

    private bool _hasAskedForMissing;

    private Step AnswerReads(ref FrameSplitter frames, long readAt, ref int received)
    {
        int answered = 0;
        long zxid;
        RequestHeader last = default;
        var lengths = new AnswerLengths();
        var step = Step.GoOn;
        using (_services.Replica.Lock.EnterRead())
        {
            bool isBetween = _services.Replica.State.IsBetween;
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
                    if (isBetween && !IsSettled(header, reader))
                    {
                        step = Step.AwaitSettled;
                        break;
                    }
                    int start = _outbox.Buffer.Length;
                    step = Answer(header, ref reader);
                    if (step == Step.GoOn && _services.Tail.IsShared && IsOfMissing(header.Operation, start)
                        && !_hasAskedForMissing && !IsReadOnly)
                    {
                        _outbox.Buffer.Truncate(start);
                        step = Step.AskForMissing;
                        break;
                    }
                    _hasAskedForMissing = false;
                    // One that is written at length is in another buffer by now.
                    if (step == Step.GoOn)
                        lengths.Add(_outbox.Buffer.Length - start);
                    frames.Take(frame.Length);
                    last = header;
                    answered++;
                }
                _isAnsweringReads = false;
            }
            zxid = _services.Replica.State.LastZxid;
        }
        if (answered == 0)
            return step;
        received += answered;
        _traffic.Measure(answered, _services.Statistics.AnsweredReads(answered, readAt, lengths), last, zxid);
        Count(0, answered);
        return step;
    }

    // Exists may watch for what is not there; nothing else would hear of it.
    private bool IsOfMissing(OperationCode operation, int start) =>
        operation is OperationCode.GetData or OperationCode.GetAcl or OperationCode.GetChildren or OperationCode.GetChildren2
        && HeaderFrame.ErrorAt(_outbox.Buffer, start) == ErrorCode.NoNode;

    // Another silo may have made it, and told its client, who told this one: as with a refused write.
    private async Task AskForMissingAsync(CancellationToken cancellationToken)
    {
        await _services.Tail.TrySyncAsync(s_longestAsking, cancellationToken);
        _hasAskedForMissing = true;
    }

    private static bool IsBarrier(OperationCode operation) =>
        WriteDecoder.IsWrite(operation) || WatchRenewal.IsRenewal(operation)
        || operation is OperationCode.Sync or OperationCode.CloseSession;

    // What looks at more than one znode, or sets a watch on what it does not look at, waits for an entry that is applied
    // in part.
    private bool IsSettled(RequestHeader header, JuteReader record) => header.Operation switch
    {
        OperationCode.Ping or OperationCode.Auth or OperationCode.Sasl or OperationCode.WhoAmI => true,
        _ when ReadAnswer.IsRead(header.Operation) => _services.Replica.State.IsSettled(record.ReadUtf8()),
        _ => false,
    };

    private Step Answer(RequestHeader header, ref JuteReader reader)
    {
        var state = _services.Replica.State;
        if (_isBarred && header.Operation is not (OperationCode.Auth or OperationCode.Sasl))
            return Refuse(header.Xid);
        if (IsReadOnly && IsRefusedReadOnly(header.Operation))
            return RefuseReadOnly(header.Xid);
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
                MarkUpdates();
                header = header with { Xid = ReservedXid.Ping };
                break;
            case OperationCode.WatchFrom:
                return AnswerWatchFrom(header, ref reader);
            case OperationCode.GetChildrenPage:
                ChildrenPage.WriteFrame(_outbox.Buffer, header, ref reader, state, _caller.Identities, _services.Walks);
                return Step.GoOn;
            case OperationCode.Auth:
                return AnswerAuth(header.Xid, ref reader);
            case OperationCode.Sasl:
                return AnswerSasl(header.Xid, ref reader);
            case OperationCode.Multi or OperationCode.Once:
                error = ErrorCode.MarshallingError;
                break;
            case OperationCode.MultiRead:
                return ReadMany(header, ref reader);
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
                _services.Log.ShutOut(_remote, $"it asks for an operation that is not known, {(int)header.Operation}");
                error = ErrorCode.Unimplemented;
                break;
        }
        HeaderFrame.Write(_outbox.Buffer, header.Xid, state.LastZxid, error);
        return error == ErrorCode.Unimplemented ? Step.End : Step.GoOn;
    }

    private async Task SyncAsync(CancellationToken cancellationToken)
    {
        long readAt = Stopwatch.GetTimestamp();
        await _services.Tail.SyncAsync(cancellationToken);
        var header = AnswerSync();
        _traffic.Measure(1, _services.Statistics.AnsweredReads(1, readAt, default), header, _services.Replica.LastZxid);
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
                    _outbox.Buffer, header.Xid, _services.Replica.State.LastZxid, ref reader);
            }
        }
        return header;
    }
}
