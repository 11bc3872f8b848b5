using Coordination.History.Tests.Checking;
using Coordination.History.Tests.Recording;

namespace Coordination.History.Tests.Promises;

/// <summary>No answer shows a session less than what an earlier one has shown it, by whichever silo, and none by less than
/// the session's own writes before it.</summary>
internal sealed class SessionsNeverGoBack : IPromise
{
    public IEnumerable<string> Breaches(RunHistory history)
    {
        foreach (var session in history.Sessions)
        {
            long seen = 0;
            foreach (var connection in session.Connections)
            {
                foreach (var (answered, watchEvent) in connection.Frames())
                {
                    long zxid = answered?.Answer!.Zxid ?? watchEvent!.Zxid;
                    // Trouble, and what catches up, name no state.
                    if (answered is { Answer.IsTrouble: true } || watchEvent is { Zxid: < 0 })
                        continue;
                    if (zxid < seen)
                        yield return $"it had seen 0x{seen:x}: {answered}{watchEvent}";
                    seen = Math.Max(seen, zxid);
                }
            }
        }
    }
}
