using Coordination.Differential.Tests.Comparing;
using Coordination.Differential.Tests.Playing;
using Coordination.Testing.RawProtocol;

namespace Coordination.Differential.Tests.Steps;

internal sealed record SetDataRequest(int Session, string Path, byte[]? Data, int Version) : Request(Session), IMultiPart
{
    public override Task<Answer> AskAsync(RawZooKeeperClient client, Side side) => ReadAsync(
        client.SetDataAsync(side.Full(Path), Data, Version),
        side,
        (content, stat) => content.AddStat(stat, side.NameOfSession));

    public MultiOperation ToMultiOperation(Side side) => MultiOperation.SetData(side.Full(Path), Data, Version);

    public override IEnumerable<Step> Simpler() => Data is { Length: 0 } ? [] : [this with { Data = [] }];

    public override string ToString() => $"setData {Path} {Content.Describe(Data)} version={Version}";
}
