using Coordination.Differential.Tests.Playing;
using Coordination.Testing.RawProtocol;

namespace Coordination.Differential.Tests.Steps;

/// <summary>The reads that take a path at most: sync, getEphemerals, getAllChildrenNumber, whoAmI.</summary>
internal sealed record PlainRequest(int Session, OperationCode Operation, string Path) : Request(Session)
{
    protected override bool IsWrite => false;

    public override Task<Answer> AskAsync(RawZooKeeperClient client, Side side)
    {
        string path = side.Full(Path);
        return Operation switch
        {
            OperationCode.Sync => ReadAsync(
                client.SyncAsync(path), side, (content, synced) => content.Add(side.Short(synced))),
            OperationCode.GetEphemerals => ReadAsync(
                client.GetEphemeralsAsync(path), side, (content, paths) => content.AddNames(paths.Select(side.Short))),
            OperationCode.GetAllChildrenNumber => ReadAsync(
                client.GetAllChildrenNumberAsync(path), side, static (content, number) => content.Add($"{number}")),
            _ => ReadAsync(
                client.WhoAmIAsync(),
                side,
                static (content, clients) => content.AddNames(clients.Select(client => $"{client.Scheme}:{client.User}"))),
        };
    }

    public override string ToString() => Operation == OperationCode.WhoAmI ? "whoAmI" : $"{Operation} {Path}";
}
