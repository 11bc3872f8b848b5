using Coordination.History.Tests.Recording;
using Coordination.Testing.RawProtocol;

namespace Coordination.History.Tests.Requests;

/// <summary>A look at one znode, which may leave a one-shot watch behind.</summary>
internal sealed record ReadRequest(ReadKind Kind, string Path, bool Watch = false) : Request
{
    public override async Task<Answer> SendAsync(RawZooKeeperClient client) => Kind switch
    {
        ReadKind.Exists => Answer.Of(
            await client.ExistsAsync(Path, Watch), (answer, stat) => answer with { Stat = stat }),
        ReadKind.Data => Answer.Of(
            await client.GetDataAsync(Path, Watch),
            (answer, read) => answer with { Data = read.Data, Stat = read.Stat }),
        _ => Answer.Of(
            await client.GetChildren2Async(Path, Watch),
            (answer, read) => answer with { Children = read.Names, Stat = read.Stat }),
    };

    public override string ToString() => $"{(Watch ? "watch" : "read")} {Kind} of {Path}";
}
