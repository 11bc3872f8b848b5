using Coordination.History.Tests.Checking;
using Coordination.History.Tests.Logs;
using Coordination.History.Tests.Recording;
using Coordination.History.Tests.Requests;
using Coordination.Testing.RawProtocol;

namespace Coordination.History.Tests.Promises;

/// <summary>A refusal is what ZooKeeper's rules give at the state that its zxid names, and that state is no older than
/// anything that anybody had seen when the write was asked for.</summary>
internal sealed class RefusalsAreTrue : IPromise
{
    public IEnumerable<string> Breaches(RunHistory history)
    {
        var seen = new SeenZxids(history);
        var replay = new LogReplay(history.Log);
        // Of one that was refused when it was sent before, why it was is not told.
        var refused = history.Operations.Where(operation => operation is
            { IsRefused: true, Answer: { IsTrouble: false, Error: not ErrorCode.WasRefused } });
        foreach (var operation in refused.OrderBy(operation => operation.Answer!.Zxid))
        {
            var answer = operation.Answer!;
            if (!replay.AdvanceTo(answer.Zxid))
            {
                yield return $"no entry has that zxid: {operation}";
                continue;
            }
            var (error, failedPart) = operation.Number is null || history.Log.TakesNumbersAt(answer.Zxid)
                ? WriteRules.Judge(replay.State, (WriteRequest)operation.Request)
                : (ErrorCode.Unimplemented, answer.FailedPart);
            if (error != answer.Outcome || failedPart != answer.FailedPart)
                yield return $"{error} was due{(failedPart is { } part ? $" for part {part}" : "")}: {operation}";
            if (seen.Before(operation.AskedAt) is var before && before > answer.Zxid)
                yield return $"0x{before:x} had been seen: {operation}";
        }
    }
}
