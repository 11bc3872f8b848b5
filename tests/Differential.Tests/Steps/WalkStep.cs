using Coordination.Differential.Tests.Playing;
using Coordination.Testing.RawProtocol;

namespace Coordination.Differential.Tests.Steps;

/// <summary>Reads all that there is below the sequence's root.</summary>
internal sealed record WalkStep(int Session) : Step(Session)
{
    private const int MostDepth = 8;

    public override bool MayTellOthers => false;

    public override async Task PlayAsync(Side side)
    {
        if (await side.AttachedAsync(Session) is not { } client)
            return;
        string[] level = ["~"];
        for (int depth = 0; depth < MostDepth && level.Length > 0; depth++)
            level = await ReadLevelAsync(side, client, level);
    }

    public override string ToString() => "walk";

    private async Task<string[]> ReadLevelAsync(Side side, RawZooKeeperClient client, string[] paths)
    {
        var below = paths.Select(path => (Path: path, Names: client.GetChildrenAsync(side.Full(path)))).ToList();
        Request[] requests =
        [
            .. paths.Select(path => new ReadRequest(Session, OperationCode.GetData, path, false)),
            .. paths.Select(path => new ReadRequest(Session, OperationCode.GetChildren2, path, false)),
            .. paths.Select(path => new GetAclRequest(Session, path)),
        ];
        var answers = requests.Select(request => (Label: request.ToString(), Answer: request.AskAsync(client, side))).ToList();
        foreach (var (label, answer) in answers)
            await side.TakeAsync(Session, client, label, answer);
        var children = new List<string>();
        foreach (var (path, pending) in below)
        {
            // The connection's end was taken note of with the requests.
            if (await Task.WhenAny(pending) is { IsCompletedSuccessfully: true } && (await pending).IsOk)
                children.AddRange((await pending).Value.Select(name => $"{path}/{name}"));
        }

        return [.. children.Order(StringComparer.Ordinal)];
    }
}
