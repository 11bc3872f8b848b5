using System.Runtime.InteropServices;
using Coordination.Engine.Log;
using Coordination.Engine.Requests;
using Coordination.Gateway.Requests;
using Coordination.Protocol;

namespace Coordination.Gateway;

/// <content>Writes: submitted together, answered by the thread that applies, with the small reads right behind them.</content>
internal sealed partial class SessionConnection
{
    /// <summary>Answers a write; called in order, while the state is locked.</summary>
    public void Complete(ConnectionWrite write, in WriteOutcome outcome)
    {
        if (write.LargeBytes > 0)
            _services.LargeRequests.Leave(write.LargeBytes);
        lock (_outbox.Gate)
        {
            int start = _outbox.Buffer.Length;
            WriteAnswer.WriteFrame(_outbox.Buffer, write.Cxid, write.Operation, outcome);
            var lengths = new AnswerLengths();
            lengths.Add(_outbox.Buffer.Length - start);
            // While it counts as outstanding: none of the connection's requests is measured by another thread.
            _traffic.Measure(1, _services.Statistics.AnsweredWrite(write.ReadAt, lengths), write.Header, outcome.Zxid);
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
        if (!outcome.IsRepeat)
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

    // Null where a multi has in it what cannot be: a refusal, to be answered in its order.
    private ConnectionWrite? TryDecodeWrite(RequestHeader header, ref JuteReader reader, long readAt, int largeBytes)
    {
        try
        {
            OnceNumber once = default;
            if (header.Operation == OperationCode.Once)
            {
                once = WriteDecoder.ReadOnce(ref reader, out var numbered);
                header = header with { Operation = numbered };
            }
            var operation = WriteDecoder.Read(header.Operation, ref reader);
            return new ConnectionWrite(this, _caller, operation, header, readAt) { LargeBytes = largeBytes, Once = once };
        }
        catch (RefusedRecordException)
        {
            return null;
        }
    }

    private void Submit()
    {
        if (_writes.Count == 0)
            return;
        Interlocked.Add(ref _outstanding, _writes.Count);
        _services.Pipeline.Submit(CollectionsMarshal.AsSpan(_writes));
        _writes.Clear();
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
