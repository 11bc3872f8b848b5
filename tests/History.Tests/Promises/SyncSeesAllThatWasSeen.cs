using Coordination.History.Tests.Checking;
using Coordination.History.Tests.Recording;
using Coordination.History.Tests.Requests;

namespace Coordination.History.Tests.Promises;

/// <summary>A sync is answered from a state that has all that anybody had seen when it was asked for, and all that was
/// committed by then; so has what the session reads behind it.</summary>
internal sealed class SyncSeesAllThatWasSeen : IPromise
{
    public IEnumerable<string> Breaches(RunHistory history)
    {
        var seen = new SeenZxids(history);
        foreach (var operation in history.Operations)
        {
            if (operation is { Request: SyncRequest, Answer: { IsTrouble: false } answer }
                && seen.Before(operation.AskedAt) is var before && before > answer.Zxid)
            {
                yield return $"0x{before:x} had been seen: {operation}";
            }
        }
    }
}
