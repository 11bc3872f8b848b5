using System.Buffers;
using System.Diagnostics;
using Coordination.Gateway.Requests;
using Coordination.Protocol;

namespace Coordination.Gateway;

/// <content>Goes through what has arrived, frame by frame, and finds what is to be done before the next is looked at.</content>
internal sealed partial class SessionConnection
{
    private const int LongRequestLength = 32 * 1024;

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
        if (received > 0)
            _services.Statistics.CountReceived(input.Slice(input.Start, consumed).Length);
        Submit();
        _outbox.Flush();
        _isOffSocketThread = false;
        return step;
    }

    private Step ProcessNext(ref FrameSplitter frames, long readAt, ref int received)
    {
        if (!frames.TryPeek(out var frame))
            return Step.Receive;
        var reader = new JuteReader(frame);
        var header = RequestHeader.Read(ref reader);
        if (_isBarred || (IsReadOnly && IsRefusedReadOnly(header.Operation)))
            return AnswerReads(ref frames, readAt, ref received);
        if (IsLong(frame.Length, WriteDecoder.OperationOf(header, reader)) && !_isOffSocketThread)
            return Step.LeaveSocketThread;
        if (WriteDecoder.IsWrite(header.Operation))
        {
            if (_outstanding + _writes.Count >= _services.Options.MostOutstanding || !_services.Pipeline.HasRoom)
                return Step.Throttle;
            int largeBytes = _services.LargeRequests.IsLarge(frame.Length) ? frame.Length : 0;
            if (TryDecodeWrite(header, ref reader, readAt, largeBytes) is { } write)
            {
                if (largeBytes > 0 && !_services.LargeRequests.TryEnter(largeBytes))
                    return RefuseLarge(largeBytes);
                _lastWrite = write;
                _writes.Add(write);
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

    // What has thousands of operations, or watches, takes longer to decode than other connections should wait for; and what is
    // below a znode, longer to validate.
    private static bool IsLong(int length, OperationCode operation) =>
        operation == OperationCode.DeleteTree || (length > LongRequestLength
            && (operation is OperationCode.Multi or OperationCode.MultiRead || WatchRenewal.IsRenewal(operation)));

    private async Task ThrottleAsync(CancellationToken cancellationToken)
    {
        _services.Statistics.Throttles.Count();
        _services.Statistics.BeginNotReading();
        try
        {
            await WaitForRoomAsync(cancellationToken);
        }
        finally
        {
            _services.Statistics.EndNotReading();
        }
    }

    private async Task WaitForRoomAsync(CancellationToken cancellationToken)
    {
        await _services.Pipeline.WaitForRoomAsync(cancellationToken);
        if (_outstanding >= _services.Options.MostOutstanding)
            await WaitUntilAnsweredAsync(cancellationToken);
        // Whoever answered the last of them left it to this connection to send what it has.
        _outbox.Flush();
        if (_outbox.Unsent > _services.Options.MostUnsentAnswers)
            await _outbox.WaitUntilSentAsync().WaitAsync(cancellationToken);
    }
}
