using System.Text;
using Coordination.Engine;
using Coordination.Engine.Log;
using Coordination.Engine.Tree;
using Coordination.History.Tests.Logs;
using Coordination.History.Tests.Recording;
using Coordination.History.Tests.Requests;
using Coordination.Testing.RawProtocol;

namespace Coordination.History.Tests.Checking;

/// <summary>Compares what an entry does with what was asked for and with what was answered.</summary>
internal static class LoggedWrite
{
    /// <summary>Finds where an entry does something else than its request asked for; null where it does not.</summary>
    public static string? DifferenceFromRequest(LogEntry entry, Operation operation)
    {
        var changes = ChangesOf(entry);
        var writes = WritesOf(operation);
        if (changes.Count != writes.Count)
            return $"it does {changes.Count} things where {writes.Count} were asked for";
        for (int i = 0; i < changes.Count; i++)
        {
            if (!IsAskedFor(changes[i], writes[i], operation.Session.Id))
                return $"it does not do {writes[i]}, but {changes[i].Kind} {PathOf(changes[i])}";
        }
        return null;
    }

    /// <summary>Finds where an answer tells something else than the entry did; null where it does not.</summary>
    /// <param name="operation">The acknowledged write.</param>
    /// <param name="results">What its entry's changes did.</param>
    public static string? DifferenceFromAnswer(Operation operation, IReadOnlyList<ChangeResult> results)
    {
        var told = ToldBy(operation);
        if (told.Count != results.Count)
            return $"it tells of {told.Count} changes where there were {results.Count}";
        for (int i = 0; i < told.Count; i++)
        {
            string path = Encoding.UTF8.GetString(results[i].Path.Span);
            if (told[i].Path is { } toldPath && toldPath != path)
                return $"it tells of {toldPath}, and that was {path}";
            if (told[i].Stat is { } stat && stat != results[i].Stat.ToWire())
                return $"it tells of {stat}, and that was {results[i].Stat.ToWire()}";
        }
        return null;
    }

    private static IReadOnlyList<Change> ChangesOf(LogEntry entry) =>
        entry.Change.Kind == EntryKind.Multi ? [.. entry.Change.Items] : [entry.Change];

    // A check changes nothing.
    private static IReadOnlyList<SingleWrite> WritesOf(Operation operation) =>
        [.. ((WriteRequest)operation.Request).Parts.Where(part => part is not CheckRequest)];

    private static bool IsAskedFor(Change change, SingleWrite write, long session) => write switch
    {
        CreateRequest create => change.Kind == EntryKind.Create && HasData(change, create.Data)
            && (create.IsSequential
                ? PathOf(change).StartsWith(create.Path, StringComparison.Ordinal)
                : PathOf(change) == create.Path)
            && change.SessionId == OwnerOf(create, session),
        SetDataRequest set => change.Kind == EntryKind.SetData && PathOf(change) == set.Path && HasData(change, set.Data),
        SetAclRequest setAcl => change.Kind == EntryKind.SetAcl && PathOf(change) == setAcl.Path
            && change.Acl.Span.SequenceEqual(Encode(setAcl)),
        _ => change.Kind == EntryKind.Delete && PathOf(change) == write.Path,
    };

    private static long OwnerOf(CreateRequest create, long session) => create.Mode switch
    {
        CreateMode.Container => OwnerMark.Container,
        CreateMode.PersistentWithTtl => OwnerMark.OfTimeToLive(create.TimeToLive),
        _ => create.IsEphemeral ? session : 0,
    };

    private static byte[] Encode(SetAclRequest setAcl) =>
        AclTable.Encode([new Protocol.Acl((Protocol.Permissions)setAcl.Allowed, Protocol.Identity.Anyone)]);

    /// <summary>What the answer to an acknowledged write tells of each of its changes.</summary>
    public static IReadOnlyList<(string? Path, Stat? Stat)> ToldBy(Operation operation)
    {
        var answer = operation.Answer!;
        if (operation.Request is not MultiRequest multi)
            return [(answer.Path, answer.Stat)];
        return
        [
            .. answer.Results!.Zip(multi.Writes).Where(told => told.Second is not CheckRequest)
                .Select(told => (told.First.Path, told.First.Stat)),
        ];
    }

    private static bool HasData(Change change, string data) => Encoding.UTF8.GetString(change.Data.Span) == data;

    private static string PathOf(Change change) => Encoding.UTF8.GetString(change.Path.Span);
}
