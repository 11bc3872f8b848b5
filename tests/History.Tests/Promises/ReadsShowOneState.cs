using System.Text;
using Coordination.Engine;
using Coordination.Engine.Tree;
using Coordination.History.Tests.Checking;
using Coordination.History.Tests.Logs;
using Coordination.History.Tests.Recording;
using Coordination.History.Tests.Requests;
using Coordination.Testing.RawProtocol;

namespace Coordination.History.Tests.Promises;

/// <summary>A read shows the state after a prefix of the log: the one that ends with the zxid in its answer.</summary>
internal sealed class ReadsShowOneState : IPromise
{
    public IEnumerable<string> Breaches(RunHistory history)
    {
        var replay = new LogReplay(history.Log);
        var reads = history.Operations.Where(operation => operation is
        {
            Request: ReadRequest or MultiReadRequest or GetAclRequest, Answer.IsTrouble: false,
        });
        foreach (var read in reads.OrderBy(operation => operation.Answer!.Zxid))
        {
            if (!replay.AdvanceTo(read.Answer!.Zxid))
                yield return $"no entry has that zxid: {read}";
            else if (Difference(read.Request, read.Answer, replay.State) is { } difference)
                yield return $"{difference}: {read}";
        }
    }

    private static string? Difference(Request request, Answer answer, CoordinationState state) => request switch
    {
        MultiReadRequest reads => Difference(reads, answer, state),
        GetAclRequest read => Difference(read, answer, state),
        _ => Difference((ReadRequest)request, answer, state),
    };

    private static string? Difference(MultiReadRequest reads, Answer answer, CoordinationState state)
    {
        if (answer.Results?.Count != reads.Parts.Count)
            return $"{reads.Parts.Count} things were asked for";
        foreach (var ((kind, path), told) in reads.Parts.Zip(answer.Results))
        {
            var part = new Answer(told.Error, answer.Zxid, answer.Arrival)
            {
                Data = told.Data,
                Children = told.Children,
                // The children of one part come without a Stat.
                Stat = kind == ReadKind.Children ? state.Find(path)?.Stat.ToWire() : told.Stat,
            };
            if (Difference(new ReadRequest(kind, path), part, state) is { } difference)
                return $"{path}: {difference}";
        }
        return null;
    }

    private static string? Difference(GetAclRequest read, Answer answer, CoordinationState state)
    {
        if (state.Find(read.Path) is not { } znode || answer.Error != ErrorCode.Ok)
            return Difference(new ReadRequest(ReadKind.Exists, read.Path), answer, state);
        var entries = state.Tree.Acls[znode.AclId].ToArray().Select(
            entry => new AclEntry((Permissions)entry.Permissions, entry.Identity.Scheme, entry.Identity.Id)).ToList();
        if (!entries.SequenceEqual(answer.Acl!))
            return $"its ACL was {string.Join(' ', entries)}, not {string.Join(' ', answer.Acl!)}";
        return answer.Stat == znode.Stat.ToWire() ? null : $"its Stat was {znode.Stat.ToWire()}, not {answer.Stat}";
    }

    private static string? Difference(ReadRequest read, Answer answer, CoordinationState state)
    {
        if (state.Find(read.Path) is not { } znode)
            return answer.Error == ErrorCode.NoNode ? null : "the znode was not there";
        if (answer.Error != ErrorCode.Ok)
            return "the znode was there";
        if (answer.Stat != znode.Stat.ToWire())
            return $"its Stat was {znode.Stat.ToWire()}, not {answer.Stat}";
        if (read.Kind == ReadKind.Data && !znode.Data.SequenceEqual(answer.Data))
            return $"its data was \"{Encoding.UTF8.GetString(znode.Data)}\", not \"{Encoding.UTF8.GetString(answer.Data ?? [])}\"";
        if (read.Kind == ReadKind.Children && !NamesOf(znode).SequenceEqual(answer.Children!))
            return $"its children were {string.Join(' ', NamesOf(znode))}, not {string.Join(' ', answer.Children!)}";
        return null;
    }

    private static List<string> NamesOf(Znode znode)
    {
        var names = new List<string>();
        foreach (var child in znode.Children)
            names.Add(Encoding.UTF8.GetString(child.Name));
        return names;
    }
}
