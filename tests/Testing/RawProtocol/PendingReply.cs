namespace Coordination.Testing.RawProtocol;

internal sealed class PendingReply<T>(int xid, string description, RecordReader<T> read)
    : PendingRequest(xid, description)
{
    // A continuation that ran on the receiving loop could wait for a reply that only the loop can bring.
    private readonly TaskCompletionSource<Reply<T>> _completion =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal Task<Reply<T>> Task => _completion.Task;

    internal override void Complete(in ReplyHeader header, ref JuteReader body, long arrival)
    {
        try
        {
            _completion.SetResult(new Reply<T>(
                header.Xid, header.Zxid, header.Error, arrival, ReadValue(header, ref body), Description));
        }
        catch (ProtocolViolationException violation)
        {
            // It is not among the pending any more: nobody else would tell whoever waits for it.
            Fail(violation);
            throw;
        }
    }

    private T ReadValue(in ReplyHeader header, ref JuteReader body)
    {
        var value = header.Error == ErrorCode.Ok ? read(ref body) : default!;
        // ZooKeeper sends what it had begun of a multiRead's results behind the error that ends it.
        if (body.Remaining != 0 && header.Error != ErrorCode.MarshallingError)
        {
            throw new ProtocolViolationException(
                $"{Description}: {body.Remaining} bytes follow the reply with error {header.Error}");
        }
        return value;
    }

    internal override void Fail(Exception reason)
    {
        _completion.TrySetException(reason);
        // Nobody may be waiting for it any more: a load whose server was killed forgets what was in flight.
        _ = _completion.Task.Exception;
    }
}
