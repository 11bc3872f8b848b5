using Coordination.Engine;
using Coordination.Engine.Log;
using Coordination.Engine.Tree;
using Coordination.History.Tests.Checking;
using Coordination.History.Tests.Logs;
using Coordination.History.Tests.Recording;

namespace Coordination.History.Tests.Promises;

/// <summary>What stands in the log in a session's name was asked for by its client, and is what was asked for. The service
/// itself only opens, attaches and closes sessions, begins epochs, writes down who is in the cluster
/// and what clients may use, and deletes containers that are used no more and znodes whose time to live is over.</summary>
internal sealed class NothingStandsUnasked : IPromise
{
    public IEnumerable<string> Breaches(RunHistory history)
    {
        var asked = history.Operations.Where(operation => operation.IsWrite)
            .ToLookup(operation => (operation.Session.Id, operation.Xid));
        var replay = new LogReplay(history.Log);
        for (; replay.TryPeek(out var entry); replay.TryApply(out _))
        {
            var header = entry.Header;
            if (header.SessionId == 0)
            {
                if (!IsForTheServiceToDo(entry, replay.State))
                    yield return $"nobody's {entry.Change.Kind} at 0x{header.Zxid:x}";
                continue;
            }
            var operation = asked[(header.SessionId, header.Cxid)].FirstOrDefault();
            if (operation is null)
                yield return $"session 0x{header.SessionId:x} never asked for xid {header.Cxid}, at 0x{header.Zxid:x}";
            else if (entry.Once.Number != (operation.Number?.Number ?? 0))
                yield return $"0x{header.Zxid:x} has the number {entry.Once.Number}: {operation}";
            else if (LoggedWrite.DifferenceFromRequest(entry, operation) is { } difference)
                yield return $"0x{header.Zxid:x}: {difference}: {operation}";
        }
    }

    private static bool IsForTheServiceToDo(LogEntry entry, CoordinationState before) => entry.Change.Kind switch
    {
        EntryKind.SetData => entry.Change.Path.Span.SequenceEqual("/zookeeper/config"u8)
            || entry.Change.Path.Span.SequenceEqual("/zookeeper/extensions"u8),
        EntryKind.Delete => before.Tree.Find(entry.Change.Path.Span) is { ChildCount: 0 } znode && IsOver(znode, entry.Header.Time),
        EntryKind.Create or EntryKind.SetAcl or EntryKind.Multi => false,
        _ => true,
    };

    // A container has had children, of which the last has gone.
    private static bool IsOver(Znode znode, long time) => znode.Owner == OwnerMark.Container
        ? znode.Stat.Cversion > 0
        : OwnerMark.IsTimeToLive(znode.Owner) && time > znode.Stat.Mtime + OwnerMark.TimeToLiveOf(znode.Owner);
}
