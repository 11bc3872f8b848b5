using Coordination.History.Tests.Checking;
using Coordination.History.Tests.Recording;

namespace Coordination.History.Tests.Promises;

/// <summary>The writes of a session stand in the log in the order in which its client sent them.</summary>
internal sealed class WritesKeepTheOrderOfTheirSession : IPromise
{
    public IEnumerable<string> Breaches(RunHistory history)
    {
        var last = new Dictionary<long, int>();
        foreach (var entry in history.Log.Entries)
        {
            var header = entry.Header;
            if (header.SessionId == 0)
                continue;
            if (last.TryGetValue(header.SessionId, out int before) && before > header.Cxid)
                yield return $"xid {header.Cxid} of session 0x{header.SessionId:x} stands at 0x{header.Zxid:x}, behind {before}";
            last[header.SessionId] = header.Cxid;
        }
    }
}
