using Coordination.History.Tests.Checking;
using Coordination.History.Tests.Logs;
using Coordination.History.Tests.Recording;
using Coordination.History.Tests.Requests;

namespace Coordination.History.Tests.Promises;

/// <summary>What a write asked for was allowed by ZooKeeper's rules right where it stands in the log: the versions that it
/// expected above all.</summary>
internal sealed class WritesKeepTheRules : IPromise
{
    public IEnumerable<string> Breaches(RunHistory history)
    {
        var asked = history.Operations.Where(operation => operation.IsWrite)
            .ToLookup(operation => (operation.Session.Id, operation.Xid));
        var replay = new LogReplay(history.Log);
        for (; replay.TryPeek(out var entry); replay.TryApply(out _))
        {
            if (asked[(entry.Header.SessionId, entry.Header.Cxid)].FirstOrDefault() is not { } operation)
                continue;
            var (error, _) = WriteRules.Judge(replay.State, (WriteRequest)operation.Request);
            if (error != Coordination.Testing.RawProtocol.ErrorCode.Ok)
                yield return $"{error} was due at 0x{entry.Header.Zxid:x}: {operation}";
        }
    }
}
