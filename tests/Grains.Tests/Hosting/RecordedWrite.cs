using System.Text;
using Coordination.Engine.Requests;
using Coordination.Grains.Writing;

namespace Coordination.Grains.Tests.Hosting;

/// <summary>A write that remembers how, how often, and behind which others it was completed.</summary>
internal sealed class RecordedWrite(WriteOperation operation, int cxid, List<RecordedWrite> completed, Caller? caller = null)
    : WriteRequest(caller ?? Caller.Service, operation, cxid)
{
    private readonly TaskCompletionSource<WriteReply> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<WriteReply> Reply => _reply.Task;

    public override void Complete(in WriteOutcome outcome)
    {
        completed.Add(this);
        var result = outcome.Results.IsEmpty ? default : outcome.Results[0];
        // Throws where it was completed before.
        _reply.SetResult(new WriteReply(
            outcome.Error, outcome.Zxid, Encoding.UTF8.GetString(result.Path.Span), result.Stat, outcome.FirstNumber));
    }
}
