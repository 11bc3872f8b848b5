using Coordination.History.Tests.Checking;
using Coordination.History.Tests.Recording;

namespace Coordination.History.Tests.Promises;

/// <summary>A write stands in the log behind everything that anybody had seen of it when the write was asked for, by
/// whichever silo: writes are linearizable.</summary>
internal sealed class WritesKeepTheOrderOfTime : IPromise
{
    public IEnumerable<string> Breaches(RunHistory history)
    {
        var seen = new SeenZxids(history);
        foreach (var operation in history.Operations.Where(operation => operation.IsWrite))
        {
            foreach (var entry in history.Log.Of(operation.Session.Id, operation.Xid))
            {
                if (seen.Before(operation.AskedAt) is var before && before >= entry.Header.Zxid)
                    yield return $"0x{before:x} had been seen, and it stands at 0x{entry.Header.Zxid:x}: {operation}";
            }
        }
    }
}
