using Coordination.History.Tests.Recording;
using Coordination.Testing.RawProtocol;

namespace Coordination.History.Tests.Requests;

internal sealed record CloseRequest : Request
{
    public override async Task<Answer> SendAsync(RawZooKeeperClient client) =>
        Answer.Of(await client.CloseSessionAsync());

    public override string ToString() => "close the session";
}
