using System.Text;
using Coordination.History.Tests.Recording;
using Coordination.Testing.RawProtocol;

namespace Coordination.History.Tests.Requests;

internal sealed record CreateRequest(string Path, string Data, CreateMode Mode = CreateMode.Persistent) : SingleWrite(Path)
{
    /// <summary>In milliseconds, for a mode that has one.</summary>
    public long TimeToLive { get; init; }

    public bool IsSequential => Mode is CreateMode.PersistentSequential or CreateMode.EphemeralSequential;

    public bool IsEphemeral => Mode is CreateMode.Ephemeral or CreateMode.EphemeralSequential;

    public override async Task<Answer> SendAsync(RawZooKeeperClient client, WriteNumber? number) => Answer.Of(
        await CreateAsync(client, Encoding.UTF8.GetBytes(Data), number),
        (answer, created) => answer with { Path = created.Path, Stat = created.Stat });

    public override MultiOperation ToPart() => MultiOperation.Create2(Path, Encoding.UTF8.GetBytes(Data), Mode);

    public override string ToString() => $"create {Path} {Mode}{(TimeToLive > 0 ? $" for {TimeToLive} ms" : "")} \"{Data}\"";

    private Task<Reply<CreatedZnode>> CreateAsync(RawZooKeeperClient client, byte[] data, WriteNumber? number) => Mode switch
    {
        CreateMode.Container => client.CreateContainerAsync(Path, data, number: number),
        CreateMode.PersistentWithTtl => client.CreateTtlAsync(Path, data, Mode, TimeToLive, number: number),
        _ => client.Create2Async(Path, data, Mode, number: number),
    };
}
