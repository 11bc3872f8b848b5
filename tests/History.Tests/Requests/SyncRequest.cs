using Coordination.History.Tests.Recording;
using Coordination.Testing.RawProtocol;

namespace Coordination.History.Tests.Requests;

internal sealed record SyncRequest(string Path) : Request
{
    public override async Task<Answer> SendAsync(RawZooKeeperClient client) => Answer.Of(await client.SyncAsync(Path));

    public override string ToString() => $"sync {Path}";
}
