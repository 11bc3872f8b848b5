using Coordination.Engine.Log;
using Coordination.History.Tests.Checking;
using Coordination.History.Tests.Recording;

namespace Coordination.History.Tests.Promises;

/// <summary>What stands in the log in a session's name was asked for by its client, and is what was asked for. The service
/// itself only opens, attaches and closes sessions, begins epochs, and writes down who is in the cluster.</summary>
internal sealed class NothingStandsUnasked : IPromise
{
    public IEnumerable<string> Breaches(RunHistory history)
    {
        var asked = history.Operations.Where(operation => operation.IsWrite)
            .ToLookup(operation => (operation.Session.Id, operation.Xid));
        foreach (var entry in history.Log.Entries)
        {
            var header = entry.Header;
            if (header.SessionId == 0)
            {
                if (!IsForTheServiceToDo(entry.Change))
                    yield return $"nobody's {entry.Change.Kind} at 0x{header.Zxid:x}";
                continue;
            }
            var operation = asked[(header.SessionId, header.Cxid)].FirstOrDefault();
            if (operation is null)
                yield return $"session 0x{header.SessionId:x} never asked for xid {header.Cxid}, at 0x{header.Zxid:x}";
            else if (LoggedWrite.DifferenceFromRequest(entry, operation) is { } difference)
                yield return $"0x{header.Zxid:x}: {difference}: {operation}";
        }
    }

    private static bool IsForTheServiceToDo(Change change) => change.Kind switch
    {
        EntryKind.SetData => change.Path.Span.SequenceEqual("/zookeeper/config"u8),
        EntryKind.Create or EntryKind.Delete or EntryKind.SetAcl or EntryKind.Multi => false,
        _ => true,
    };
}
