using Coordination.History.Tests.Checking;
using Coordination.History.Tests.Recording;

namespace Coordination.History.Tests.Promises;

/// <summary>A write that was answered with an error, whatever error, is not in the log.</summary>
internal sealed class RefusedWritesLeaveNothing : IPromise
{
    public IEnumerable<string> Breaches(RunHistory history)
    {
        foreach (var operation in history.Operations.Where(operation => operation.IsRefused))
        {
            foreach (var entry in history.Log.Of(operation.Session.Id, operation.Xid))
                yield return $"it stands at 0x{entry.Header.Zxid:x}: {operation}";
        }
    }
}
