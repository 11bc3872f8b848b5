using Coordination.Differential.Tests.Playing;
using Coordination.Testing.RawProtocol;

namespace Coordination.Differential.Tests.Steps;

/// <summary>exists, getData, getChildren and getChildren2.</summary>
internal sealed record ReadRequest(int Session, OperationCode Operation, string Path, bool Watch)
    : Request(Session), IMultiPart, ISetsWatches
{
    protected override bool IsWrite => false;

    public override Task<Answer> AskAsync(RawZooKeeperClient client, Side side)
    {
        string path = side.Full(Path);
        return Operation switch
        {
            OperationCode.Exists => ReadAsync(
                client.ExistsAsync(path, Watch), side, (content, stat) => content.AddStat(stat, side.NameOfSession)),
            OperationCode.GetData => ReadAsync(
                client.GetDataAsync(path, Watch),
                side,
                (content, znode) => content.AddData(znode.Data).AddStat(znode.Stat, side.NameOfSession)),
            OperationCode.GetChildren => ReadAsync(
                client.GetChildrenAsync(path, Watch), side, static (content, names) => content.AddNames(names)),
            _ => ReadAsync(
                client.GetChildren2Async(path, Watch),
                side,
                (content, children) => content.AddNames(children.Names).AddStat(children.Stat, side.NameOfSession)),
        };
    }

    public MultiOperation ToMultiOperation(Side side) => Operation == OperationCode.GetData
        ? MultiOperation.GetData(side.Full(Path))
        : MultiOperation.GetChildren(side.Full(Path));

    public IEnumerable<(string Path, WatchKind Kind)> Watches() => Watch ? [(Path, WatchKind.Standard)] : [];

    public override IEnumerable<Step> Simpler() => Watch ? [this with { Watch = false }] : [];

    public override string ToString() => $"{Operation} {Path}{(Watch ? " and watch" : "")}";
}
