using Coordination.History.Tests.Recording;
using Coordination.Testing.RawProtocol;

namespace Coordination.History.Tests.Requests;

/// <summary>Arms again, on a new connection, the watches that the client still waits for.</summary>
/// <param name="RelativeZxid">The last zxid that it has seen.</param>
/// <param name="Watches">What it waits for.</param>
internal sealed record SetWatchesRequest(long RelativeZxid, WatchSet Watches) : Request
{
    public override async Task<Answer> SendAsync(RawZooKeeperClient client) => Answer.Of(await client.SetWatches2Async(
        RelativeZxid, Watches.Data, Watches.Exists, Watches.Children, Watches.Persistent, Watches.Recursive));

    public override string ToString() => $"setWatches from 0x{RelativeZxid:x}: {Watches}";
}
