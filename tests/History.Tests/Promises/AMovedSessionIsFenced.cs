using Coordination.History.Tests.Checking;
using Coordination.History.Tests.Recording;

namespace Coordination.History.Tests.Promises;

/// <summary>Once a session has been attached by another connection, and that was answered, nothing more gets into the log by
/// the earlier one.</summary>
internal sealed class AMovedSessionIsFenced : IPromise
{
    public IEnumerable<string> Breaches(RunHistory history)
    {
        foreach (var session in history.Sessions)
        {
            // What the later connections were told first is from after their attachment.
            long fence = long.MaxValue;
            foreach (var connection in Enumerable.Reverse(session.Connections))
            {
                foreach (var operation in connection.Operations.Where(operation => operation.IsWrite))
                {
                    foreach (var entry in history.Log.Of(session.Id, operation.Xid))
                    {
                        if (entry.Header.Zxid >= fence)
                            yield return $"a later connection had seen 0x{fence:x}, and it stands at 0x{entry.Header.Zxid:x}: {operation}";
                    }
                }
                fence = Math.Min(fence, FirstSeen(connection));
            }
        }
    }

    private static long FirstSeen(ConnectionHistory connection) => connection.Operations
        .Where(operation => operation is { Answer.IsTrouble: false })
        .Select(operation => operation.Answer!.Zxid).DefaultIfEmpty(long.MaxValue).Min();
}
