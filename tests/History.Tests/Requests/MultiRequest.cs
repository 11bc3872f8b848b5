using Coordination.History.Tests.Recording;
using Coordination.Testing.RawProtocol;

namespace Coordination.History.Tests.Requests;

internal sealed record MultiRequest(params IReadOnlyList<SingleWrite> Writes) : WriteRequest
{
    public override IReadOnlyList<SingleWrite> Parts => Writes;

    public override async Task<Answer> SendAsync(RawZooKeeperClient client, WriteNumber? number) => Answer.Of(
        await client.MultiAsync(number, [.. Writes.Select(write => write.ToPart())]),
        (answer, results) => answer with { Results = results });

    public override string ToString() => $"multi {{ {string.Join("; ", Writes)} }}";
}
