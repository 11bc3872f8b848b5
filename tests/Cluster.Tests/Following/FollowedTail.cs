using System.Net;
using Coordination.Testing.RawProtocol;

namespace Coordination.Cluster.Tests.Following;

/// <summary>One watch on one connection, from a zxid that the log may not reach back to.</summary>
internal sealed class FollowedTail : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly RawZooKeeperClient _client;
    private readonly Queue<ToldUpdate> _told = [];

    private FollowedTail(RawZooKeeperClient client) => _client = client;

    /// <summary>Up to where it was told to have lost what happened; null where it has lost nothing.</summary>
    internal long? LostThrough { get; private set; }

    internal static async Task<FollowedTail> BeginAsync(IPEndPoint silo, string top, long after)
    {
        var client = await RawZooKeeperClient.ConnectAsync(silo);
        client.KeepAlive(TimeSpan.FromMilliseconds(300));
        var tail = new FollowedTail(client);
        var begun = await client.WatchTreeFromAsync(1, top, after);
        Assert.Equal(ErrorCode.Ok, begun.Error);
        var update = await tail.NextAsync();
        if (update.Kind == ToldUpdateKind.HistoryLost)
        {
            // No earlier than when it was asked for, no later than what an answer behind it knows.
            Assert.InRange(update.Zxid, begun.Zxid, (await client.SyncAsync("/")).Zxid);
            tail.LostThrough = update.Zxid;
        }
        else
        {
            tail._told.Enqueue(update);
        }
        return tail;
    }

    /// <summary>Reads all that is told, until it is all up to a zxid.</summary>
    /// <returns>The zxids of which there were changes.</returns>
    internal async Task<HashSet<long>> ReadThroughAsync(long end)
    {
        var zxids = new HashSet<long>();
        long through = 0;
        while (through < end)
        {
            var update = await NextAsync();
            Assert.NotEqual(ToldUpdateKind.HistoryLost, update.Kind);
            Assert.True(update.Zxid >= through, $"{update} was told after all up to 0x{through:x}");
            if (update.Kind != ToldUpdateKind.Mark)
                zxids.Add(update.Zxid);
            if (update.Kind == ToldUpdateKind.Mark || update.IsLast)
                through = update.Zxid;
        }
        return zxids;
    }

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    private async Task<ToldUpdate> NextAsync()
    {
        if (_told.TryDequeue(out var told))
            return told;
        using var timeout = new CancellationTokenSource(s_patience);
        return await _client.Updates.ReadAsync(timeout.Token);
    }
}
