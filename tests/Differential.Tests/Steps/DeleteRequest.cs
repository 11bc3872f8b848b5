using Coordination.Differential.Tests.Playing;
using Coordination.Testing.RawProtocol;

namespace Coordination.Differential.Tests.Steps;

internal sealed record DeleteRequest(int Session, string Path, int Version) : Request(Session), IMultiPart
{
    public override Task<Answer> AskAsync(RawZooKeeperClient client, Side side) =>
        ReadAsync(client.DeleteAsync(side.Full(Path), Version), side, static (_, _) => { });

    public MultiOperation ToMultiOperation(Side side) => MultiOperation.Delete(side.Full(Path), Version);

    public override string ToString() => $"delete {Path} version={Version}";
}
