using System.Runtime.InteropServices;
using Coordination.Engine;
using Coordination.Engine.Log;
using Coordination.Engine.Requests;
using Coordination.Grains.Replication;

namespace Coordination.Grains.Writing;

/// <summary>Requests that were validated together and go into one log row.</summary>
internal sealed class PipelineBatch : IDisposable
{
    public BatchWriter Writer { get; } = new();

    public List<Item> Items { get; } = [];

    public void Clear()
    {
        Writer.Clear();
        Items.Clear();
    }

    public void Dispose() => Writer.Dispose();

    /// <summary>A request and what its validation came to.</summary>
    public readonly record struct Item(WriteRequest Request, Verdict Verdict)
    {
        /// <summary>Completes the request: all that it rests on is applied. The caller holds the replica's lock for
        /// writing.</summary>
        /// <param name="replica">What it is applied to.</param>
        /// <param name="results">What each of its changes did.</param>
        public void Complete(Replica replica, List<ChangeResult> results)
        {
            if (Verdict.IsRepeat)
            {
                CompleteRepeat(replica, results);
                return;
            }
            Request.Complete(new WriteOutcome
            {
                Error = Verdict.Error,
                Zxid = Verdict.Zxid,
                FailedOperation = Verdict.FailedOperation,
                Results = CollectionsMarshal.AsSpan(results),
                FirstNumber = Verdict.FirstNumber,
            });
        }

        // All that was in flight when it was validated is applied by now, the first attempt with it.
        private void CompleteRepeat(Replica replica, List<ChangeResult> results)
        {
            var error = replica.State.FindAnswer(
                Request.Caller.SessionId, Request.Once.Number, Request.Operation, results);
            Request.Complete(new WriteOutcome
            {
                Error = error,
                // What a client has seen never goes back, and so it is told of what it may have seen by now.
                Zxid = replica.LastZxid,
                Results = error == ErrorCode.Ok ? CollectionsMarshal.AsSpan(results) : default,
                IsRepeat = true,
            });
        }
    }
}
