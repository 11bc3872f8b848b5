using System.Globalization;
using System.Net;
using System.Text;
using Coordination.Testing;
using Coordination.Testing.RawProtocol;
using Xunit.Sdk;

namespace Coordination.Cluster.Tests.Load;

/// <summary>Compares what a silo has with what the clients know: what was acknowledged is there, once; what was refused is
/// not; and the order is one that could have been.</summary>
internal static class Verification
{
    private const int MostInFlight = 200;
    private const int SuffixLength = 10;

    /// <summary>Verifies the load's writes at a silo.</summary>
    /// <returns>How many there are.</returns>
    internal static async Task<int> VerifyAsync(IPEndPoint silo, ClusterLoad load)
    {
        await using var client = await RawZooKeeperClient.ConnectAsync(silo);
        client.KeepAlive(TimeSpan.FromSeconds(1));
        await client.SyncAsync("/");
        var children = (await client.GetChildren2Async(LoadClient.Parent)).Value;
        var names = children.Names.OrderBy(NumberOf).ToList();
        var znodes = await ReadAsync(client, names);
        try
        {
            Assert.Equal(Enumerable.Range(0, names.Count), names.Select(NumberOf));
            Assert.Equal(names.Count, children.Stat.Cversion);
            VerifyOnce(load, znodes);
            VerifyOrder(load, znodes);
        }
        catch (XunitException broken)
        {
            throw new BrokenPromiseException(broken.Message, broken);
        }
        await client.CloseSessionAsync();
        return names.Count;
    }

    private static int NumberOf(string name) => int.Parse(name[^SuffixLength..], CultureInfo.InvariantCulture);

    private static async Task<List<Znode>> ReadAsync(RawZooKeeperClient client, List<string> names)
    {
        var znodes = new List<Znode>(names.Count);
        var inFlight = new Queue<(string Path, Task<Reply<ZnodeData>> Reply)>();
        async Task TakeAsync()
        {
            var (path, reply) = inFlight.Dequeue();
            var (data, stat) = (await reply).Value;
            znodes.Add(new Znode(path, Encoding.ASCII.GetString(data!), stat.Czxid));
        }
        foreach (string name in names)
        {
            string path = $"{LoadClient.Parent}/{name}";
            inFlight.Enqueue((path, client.GetDataAsync(path)));
            if (inFlight.Count == MostInFlight)
                await TakeAsync();
        }
        while (inFlight.Count > 0)
            await TakeAsync();
        return znodes;
    }

    private static void VerifyOnce(ClusterLoad load, List<Znode> znodes)
    {
        var byData = new Dictionary<string, Znode>();
        foreach (var znode in znodes)
            Assert.True(byData.TryAdd(znode.Data, znode), $"'{znode.Data}' was created twice, the second is {znode.Path}");
        foreach (var write in load.Clients.SelectMany(client => client.Writes))
        {
            bool isThere = byData.Remove(write.Data, out var znode);
            Assert.True(isThere || write.Outcome != WriteOutcome.Acknowledged, $"lost: {write}");
            Assert.False(isThere && write.Outcome == WriteOutcome.Refused, $"refused and there: {write}");
            Assert.True(!isThere || write.Path is null || write.Path == znode!.Path, $"{write} is at {znode?.Path}");
        }
        Assert.Empty(byData);
    }

    // Later in the log must not have been answered before it was asked for, and a session's writes are in its order.
    private static void VerifyOrder(ClusterLoad load, List<Znode> znodes)
    {
        var writes = load.Clients.SelectMany(client => client.Writes).ToDictionary(write => write.Data);
        long zxid = 0;
        var last = new Dictionary<string, int>();
        foreach (var znode in znodes)
        {
            Assert.True(znode.Czxid > zxid, $"{znode} comes after zxid 0x{zxid:x}");
            zxid = znode.Czxid;
            var write = writes[znode.Data];
            Assert.True(last.GetValueOrDefault(write.Writer, -1) < write.Number, $"{znode} comes after a later one of its session");
            last[write.Writer] = write.Number;
        }
        long answered = long.MaxValue;
        for (int i = znodes.Count - 1; i >= 0; i--)
        {
            var write = writes[znodes[i].Data];
            Assert.True(write.SentAt <= answered, $"{write} was sent after one that follows it was answered");
            if (write.Outcome == WriteOutcome.Acknowledged)
                answered = Math.Min(answered, write.AnsweredAt);
        }
    }

    private sealed record Znode(string Path, string Data, long Czxid);
}
