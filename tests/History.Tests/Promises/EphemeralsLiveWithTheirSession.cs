using System.Text;
using Coordination.Engine;
using Coordination.Engine.Log;
using Coordination.History.Tests.Checking;
using Coordination.History.Tests.Logs;
using Coordination.History.Tests.Recording;

namespace Coordination.History.Tests.Promises;

/// <summary>An ephemeral is made while its session is open, and goes with the very entry that closes the session, if
/// nobody has deleted it before; and nothing is done in the name of a session that is not open.</summary>
internal sealed class EphemeralsLiveWithTheirSession : IPromise
{
    public IEnumerable<string> Breaches(RunHistory history)
    {
        var replay = new LogReplay(history.Log);
        for (; replay.TryPeek(out var entry); replay.TryApply(out _))
        {
            long session = entry.Header.SessionId;
            if (session != 0 && !replay.State.Sessions.ContainsKey(session))
                yield return $"session 0x{session:x} is not open at 0x{entry.Header.Zxid:x}";
            if (entry.Change.Kind == EntryKind.CloseSession && Difference(replay.State, entry) is { } difference)
                yield return $"session 0x{entry.Change.SessionId:x}, closed at 0x{entry.Header.Zxid:x}: {difference}";
        }
    }

    private static string? Difference(CoordinationState state, LogEntry closing)
    {
        if (!state.Sessions.TryGetValue(closing.Change.SessionId, out var session))
            return "it was not open";
        var owned = session.Ephemerals.Select(znode => Encoding.UTF8.GetString(znode.GetPath())).ToHashSet();
        var deleted = closing.Change.Items.Select(item => Encoding.UTF8.GetString(item.Path.Span)).ToHashSet();
        if (owned.Except(deleted).FirstOrDefault() is { } left)
            return $"{left} outlives it";
        return deleted.Except(owned).FirstOrDefault() is { } taken ? $"{taken} was not its own" : null;
    }
}
