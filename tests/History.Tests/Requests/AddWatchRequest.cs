using Coordination.History.Tests.Recording;
using Coordination.Testing.RawProtocol;

namespace Coordination.History.Tests.Requests;

internal sealed record AddWatchRequest(string Path, AddWatchMode Mode) : Request
{
    public override async Task<Answer> SendAsync(RawZooKeeperClient client) =>
        Answer.Of(await client.AddWatchAsync(Path, Mode));

    public override string ToString() => $"addWatch {Path} {Mode}";
}
