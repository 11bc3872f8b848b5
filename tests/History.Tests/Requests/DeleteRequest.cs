using Coordination.History.Tests.Recording;
using Coordination.Testing.RawProtocol;

namespace Coordination.History.Tests.Requests;

internal sealed record DeleteRequest(string Path, int Version = -1) : SingleWrite(Path)
{
    public override async Task<Answer> SendAsync(RawZooKeeperClient client, WriteNumber? number) =>
        Answer.Of(await client.DeleteAsync(Path, Version, number));

    public override MultiOperation ToPart() => MultiOperation.Delete(Path, Version);

    public override string ToString() => $"delete {Path} version {Version}";
}
