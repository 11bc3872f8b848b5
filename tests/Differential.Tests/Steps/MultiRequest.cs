using Coordination.Differential.Tests.Comparing;
using Coordination.Differential.Tests.Playing;
using Coordination.Testing.RawProtocol;

namespace Coordination.Differential.Tests.Steps;

/// <summary>multi and multiRead.</summary>
internal sealed record MultiRequest(int Session, OperationCode Operation, IReadOnlyList<Request> Operations)
    : Request(Session)
{
    protected override bool IsWrite => false;

    public override bool MayTellOthers => true;

    public override IEnumerable<Step> Parts() => [this, .. Operations];

    public override async Task<Answer> AskAsync(RawZooKeeperClient client, Side side)
    {
        MultiOperation[] operations = [.. Operations.Select(operation => ((IMultiPart)operation).ToMultiOperation(side))];
        var pending = Operation == OperationCode.Multi
            ? client.MultiAsync(operations)
            : client.MultiReadAsync(operations);
        var reply = await pending;
        var content = new Content();
        if (!reply.IsOk)
            return new Answer(reply.Arrival, reply.Error, content);
        bool isWrite = Operation == OperationCode.Multi && operations.Length > 0
            && reply.Value.All(result => result.Code != OperationCode.Error);
        if (isWrite)
            content.AddZxid("zxid", reply.Zxid);
        content.Add($"{reply.Value.Count} results");
        return new Answer(reply.Arrival, reply.Error, content)
        {
            WriteZxid = isWrite ? reply.Zxid : null,
            Results = [.. reply.Value.Select((result, i) => Describe(i, result, side))],
        };
    }

    public override IEnumerable<Step> Simpler()
    {
        for (int i = 0; i < Operations.Count; i++)
        {
            int left = i;
            yield return this with { Operations = [.. Operations.Where((_, other) => other != left)] };
        }

        for (int i = 0; i < Operations.Count; i++)
        {
            foreach (var simpler in Operations[i].Simpler())
            {
                Request[] operations = [.. Operations];
                operations[i] = (Request)simpler;
                yield return this with { Operations = operations };
            }
        }
    }

    public override string ToString() => $"{Operation} {{ {string.Join("; ", Operations)} }}";

    private (string Label, ErrorCode Error, Content Content) Describe(int place, MultiResult result, Side side)
    {
        var content = new Content().Add($"{result.Code}");
        if (result.Path is { } path)
            content.Add(side.Short(path));
        if (result.Code == OperationCode.GetData)
            content.AddData(result.Data);
        if (result.Children is { } names)
            content.AddNames(names);
        if (result.Stat is { } stat)
            content.AddStat(stat, side.NameOfSession);
        string label = place < Operations.Count ? $"in multi: {Operations[place]}" : "in multi: nothing";
        return (label, result.Error, content);
    }
}
