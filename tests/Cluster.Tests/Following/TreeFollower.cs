using System.Net;
using System.Threading.Channels;
using Coordination.Testing.Following;
using Coordination.Testing.RawProtocol;

namespace Coordination.Cluster.Tests.Following;

/// <summary>Follows a tree from a zxid on, over as many connections, sessions and silos as it takes.</summary>
/// <param name="silos">Where it may go.</param>
/// <param name="top">The znode at the top of the tree.</param>
/// <param name="from">A zxid before the tree was there.</param>
/// <param name="mostOfSilo">How many zxids it hears of from one silo, at the most, before it goes to another.</param>
internal sealed class TreeFollower(IReadOnlyList<IPEndPoint> silos, string top, long from, int mostOfSilo)
{
    private const int Watch = 7;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_ping = TimeSpan.FromMilliseconds(300);

    private ConnectParameters _session = new() { ConnectTimeout = TimeSpan.FromSeconds(5) };
    private RawZooKeeperClient? _left;

    /// <summary>What it was told.</summary>
    internal TreeStory Story { get; } = new(top);

    /// <summary>How often it has gone to another silo.</summary>
    internal int Moves { get; private set; }

    /// <summary>Follows until all up to a zxid was told, once it is known which.</summary>
    internal async Task RunAsync(Task<long> end)
    {
        for (int silo = Random.Shared.Next(silos.Count); !IsAt(end); silo += Random.Shared.Next(1, silos.Count))
        {
            try
            {
                var client = await RawZooKeeperClient.ConnectAsync(silos[silo % silos.Count], _session);
                await LeaveAsync();
                _left = client;
                _session = _session with { SessionId = client.SessionId, Password = client.Password };
                await FollowAsync(client, end);
                _session = _session with { LastZxidSeen = Math.Max(_session.LastZxidSeen, client.LastZxidSeen) };
                Moves++;
            }
            catch (SessionExpiredException)
            {
                _session = _session with { SessionId = 0, Password = new byte[16] };
            }
            catch (Exception e) when (e is ConnectionLostException or ChannelClosedException or TimeoutException)
            {
                await Task.Delay(20);
            }
        }
        await LeaveAsync();
    }

    private bool IsAt(Task<long> end) => end.IsCompletedSuccessfully && Story.Through >= end.Result;

    // The connection that it came from still stands when it comes to the next silo.
    private async Task LeaveAsync()
    {
        if (_left is { } left)
            await left.DisposeAsync();
        _left = null;
    }

    private async Task FollowAsync(RawZooKeeperClient client, Task<long> end)
    {
        client.KeepAlive(s_ping);
        var begun = await client.WatchTreeFromAsync(Watch, top, Story.Changes == 0 ? from : Story.Through);
        Assert.Equal(ErrorCode.Ok, begun.Error);
        using var timeout = new CancellationTokenSource(2 * s_patience);
        var ofZxid = new List<ToldUpdate>();
        for (int left = Random.Shared.Next(mostOfSilo); left >= 0 && !IsAt(end);)
        {
            var update = await client.Updates.ReadAsync(timeout.Token);
            Assert.Equal(Watch, update.Watch);
            Assert.NotEqual(ToldUpdateKind.HistoryLost, update.Kind);
            ofZxid.Add(update);
            if (!update.IsLast && update.Kind != ToldUpdateKind.Mark)
                continue;
            Story.Tell(ofZxid);
            ofZxid.Clear();
            left--;
        }
    }
}
