using Coordination.History.Tests.Checking;
using Coordination.History.Tests.Logs;
using Coordination.History.Tests.Recording;

namespace Coordination.History.Tests.Promises;

/// <summary>The log is one sequence of entries with ascending zxids, each of which can be applied to what those before it
/// made.</summary>
internal sealed class TheLogIsOneHistory : IPromise
{
    public IEnumerable<string> Breaches(RunHistory history)
    {
        long last = 0;
        foreach (var entry in history.Log.Entries)
        {
            if (entry.Header.Zxid <= last)
                yield return $"0x{entry.Header.Zxid:x} stands behind 0x{last:x}";
            last = entry.Header.Zxid;
        }
        if (WhyItCannotBeReplayed(history.Log) is { } reason)
            yield return reason;
    }

    private static string? WhyItCannotBeReplayed(CommittedLog log)
    {
        var replay = new LogReplay(log);
        try
        {
            while (replay.TryApply(out _))
            {
                // Only whether it can be done is asked here.
            }
            return null;
        }
        catch (Exception e) when (e is InvalidOperationException or KeyNotFoundException or ArgumentException)
        {
            return $"the entry behind 0x{replay.State.LastZxid:x} cannot be applied: {e.Message}";
        }
    }
}
