using System.Text;
using Coordination.History.Tests.Recording;
using Coordination.Testing.RawProtocol;

namespace Coordination.History.Tests.Requests;

internal sealed record SetDataRequest(string Path, string Data, int Version = -1) : SingleWrite(Path)
{
    public override async Task<Answer> SendAsync(RawZooKeeperClient client, WriteNumber? number) => Answer.Of(
        await client.SetDataAsync(Path, Encoding.UTF8.GetBytes(Data), Version, number),
        (answer, stat) => answer with { Stat = stat });

    public override MultiOperation ToPart() => MultiOperation.SetData(Path, Encoding.UTF8.GetBytes(Data), Version);

    public override string ToString() => $"set {Path} \"{Data}\" version {Version}";
}
