using Coordination.History.Tests.Checking;
using Coordination.History.Tests.Recording;

namespace Coordination.History.Tests.Promises;

/// <summary>No answer is from a state that was overtaken, by what somebody had already been told, for longer than the bound
/// that silos keep to.</summary>
internal sealed class ReadsAreRecent : IPromise
{
    public IEnumerable<string> Breaches(RunHistory history)
    {
        var seen = new SeenZxids(history);
        foreach (var operation in history.Operations)
        {
            if (operation.Answer is { IsTrouble: false } answer
                && seen.Before(operation.AskedAt - history.MostStaleness.TotalMilliseconds) is var before
                && before > answer.Zxid)
            {
                yield return $"0x{before:x} had been seen {history.MostStaleness.TotalSeconds} s before: {operation}";
            }
        }
    }
}
