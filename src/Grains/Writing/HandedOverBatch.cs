using Coordination.Engine.Requests;
using Coordination.Protocol;

namespace Coordination.Grains.Writing;

/// <summary>A batch that another silo handed over, on its way through the pipeline.</summary>
internal sealed class HandedOverBatch
{
    private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly JuteBuffer _outcomes = new();
    private readonly TakeSiloBatchOperation _take;
    private readonly WriteRequest[] _requests;
    private int _left;

    /// <summary>Decodes a batch.</summary>
    /// <exception cref="MalformedRecordException">The bytes are no requests.</exception>
    public HandedOverBatch(Guid silo, long number, long seen, ReadOnlySpan<byte> encoded)
    {
        _take = new TakeSiloBatchOperation(silo, number, seen);
        var reader = new JuteReader(encoded);
        _requests = new WriteRequest[1 + reader.ReadCount(1)];
        _requests[0] = new Request(this, Caller.Service, _take, 0);
        for (int i = 1; i < _requests.Length; i++)
        {
            var caller = RequestCodec.ReadCaller(ref reader);
            int cxid = reader.ReadInt();
            _requests[i] = new Request(this, caller, RequestCodec.ReadOperation(ref reader), cxid) { Batch = _take };
        }
        _left = _requests.Length;
    }

    public ReadOnlySpan<WriteRequest> Requests => _requests;

    public bool IsTaken => !_take.IsRefused;

    public long Zxid { get; private set; }

    public byte[] Outcomes => _outcomes.WrittenSpan.ToArray();

    public Task Completed => _completed.Task;

    /// <summary>Encodes requests in the form that the constructor decodes.</summary>
    public static byte[] Encode(params ReadOnlySpan<(Caller Caller, int Cxid, WriteOperation Operation)> requests)
    {
        using var buffer = new JuteBuffer();
        buffer.WriteInt(requests.Length);
        foreach (var (caller, cxid, operation) in requests)
        {
            RequestCodec.WriteCaller(buffer, caller);
            buffer.WriteInt(cxid);
            RequestCodec.WriteOperation(buffer, operation);
        }
        return buffer.WrittenSpan.ToArray();
    }

    private void Complete(WriteRequest request, in WriteOutcome outcome)
    {
        Zxid = outcome.Zxid;
        if (request.Operation != _take)
            OutcomeCodec.Write(_outcomes, outcome);
        if (--_left == 0)
            _completed.SetResult();
    }

    private sealed class Request(HandedOverBatch batch, Caller caller, WriteOperation operation, int cxid)
        : WriteRequest(caller, operation, cxid)
    {
        public override void Complete(in WriteOutcome outcome) => batch.Complete(this, outcome);
    }
}
