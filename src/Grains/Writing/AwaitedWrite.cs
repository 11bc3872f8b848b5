using System.Text;
using Coordination.Engine.Requests;

namespace Coordination.Grains.Writing;

/// <summary>A write whose outcome is awaited.</summary>
/// <param name="caller">On whose behalf.</param>
/// <param name="operation">What is asked for.</param>
/// <param name="audit">Hears of the outcome too; null for nobody.</param>
internal sealed class AwaitedWrite(Caller caller, WriteOperation operation, IWriteAudit? audit)
    : WriteRequest(caller, operation, 0)
{
    private readonly TaskCompletionSource<WriteReply> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<WriteReply> Reply => _reply.Task;

    public override void Complete(in WriteOutcome outcome)
    {
        audit?.Take(Caller, Operation, outcome);
        var result = outcome.Results.IsEmpty ? default : outcome.Results[0];
        _reply.SetResult(new WriteReply(
            outcome.Error, outcome.Zxid, Encoding.UTF8.GetString(result.Path.Span), result.Stat, outcome.FirstNumber));
    }
}
