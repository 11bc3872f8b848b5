using System.Text;
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
        var reads = history.Operations.Where(operation => operation is { Request: ReadRequest, Answer.IsTrouble: false });
        foreach (var read in reads.OrderBy(operation => operation.Answer!.Zxid))
        {
            if (!replay.AdvanceTo(read.Answer!.Zxid))
                yield return $"no entry has that zxid: {read}";
            else if (Difference((ReadRequest)read.Request, read.Answer, replay) is { } difference)
                yield return $"{difference}: {read}";
        }
    }

    private static string? Difference(ReadRequest read, Answer answer, LogReplay replay)
    {
        if (replay.State.Find(read.Path) is not { } znode)
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
