using System.Text;
using Coordination.History.Tests.Recording;
using Coordination.Testing.RawProtocol;

namespace Coordination.History.Tests.Requests;

internal sealed record CreateRequest(string Path, string Data, CreateMode Mode = CreateMode.Persistent) : SingleWrite(Path)
{
    public bool IsSequential => Mode is CreateMode.PersistentSequential or CreateMode.EphemeralSequential;

    public bool IsEphemeral => Mode is CreateMode.Ephemeral or CreateMode.EphemeralSequential;

    public override async Task<Answer> SendAsync(RawZooKeeperClient client) => Answer.Of(
        await client.Create2Async(Path, Encoding.UTF8.GetBytes(Data), Mode),
        (answer, created) => answer with { Path = created.Path, Stat = created.Stat });

    public override MultiOperation ToPart() => MultiOperation.Create2(Path, Encoding.UTF8.GetBytes(Data), Mode);

    public override string ToString() => $"create {Path} {Mode} \"{Data}\"";
}
