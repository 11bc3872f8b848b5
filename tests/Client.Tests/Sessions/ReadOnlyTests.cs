using System.Net;
using Coordination.Client.Recipes;
using Coordination.Testing;

namespace Coordination.Client.Tests.Sessions;

/// <summary>A client that makes do with reads goes on with them where no server writes, and finds one that does.</summary>
public sealed class ReadOnlyTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Fact]
    public Task Reads_go_on_without_the_database_and_the_session_ends_by_its_own_clock() => Rounds.OneGoesWellAsync(async _ =>
    {
        await using var cluster = await SiloCluster.StartAsync(new ClusterOptions { Silos = 1 });
        string silo = cluster.Silos[0].HostAndPort;
        await using var client = await CoordinationClient.ConnectAsync(Options(silo, TimeSpan.FromSeconds(8)));
        await using var plain = await CoordinationClient.ConnectAsync(Options(silo, TimeSpan.FromSeconds(8)) with { AllowReadOnly = false });
        await client.CreateAsync("/known", "before");
        var session = client.Session!;
        await using var held = await new DistributedLock(client, "/lock").AcquireAsync();
        await using var cache = await ZnodeCache.StartAsync(client, "/known", CacheScope.Node);
        var states = client.ReadStatesAsync().GetAsyncEnumerator();

        await cluster.Database.KillAsync();
        var readOnly = await ReachAsync(states, SessionState.ConnectedReadOnly);
        Assert.Equal(session.Id, readOnly.SessionId);
        Assert.Equal("before", (await client.GetDataAsync("/known")).Text);
        var refused = await Assert.ThrowsAsync<ReadOnlyServerException>(async () => await client.SetDataAsync("/known", "never"));
        Assert.Equal("/known", refused.Path);
        Assert.True(cache.IsStale);
        Assert.True(cache.TryGet(out var cached));
        Assert.Equal("before", cached.Text);
        Assert.NotEqual(SessionState.ConnectedReadOnly, plain.State);

        // Nobody who could let others have the lock hears of the session any more, so it is given up; and reads go on.
        Assert.Equal(SessionEnd.OwnClock, (await ReachAsync(states, SessionState.Expired)).End);
        Assert.False(held.IsHeld);
        Assert.Equal(0, (await ReachAsync(states, SessionState.ConnectedReadOnly)).SessionId);
        Assert.Null(client.Session);
        Assert.Equal("before", (await client.GetDataAsync("/known")).Text);
        // So it is for one that comes only now.
        await using var late = await CoordinationClient.ConnectAsync(Options(silo, TimeSpan.FromSeconds(8))).WaitAsync(s_patience);
        Assert.Equal(SessionState.ConnectedReadOnly, late.State);
        Assert.Equal("before", (await late.GetDataAsync("/known")).Text);
        var contending = new DistributedLock(late, "/lock").AcquireAsync();

        await cluster.Database.StartAgainAsync();
        var next = await client.ConnectedAsync().WaitAsync(s_patience);
        Assert.NotEqual(session.Id, next.Id);
        Assert.Equal(1, (await client.SetDataAsync("/known", "after")).Version);
        // What the session held went with it, before the client was served in another.
        await using var handle = await contending.WaitAsync(s_patience);
        BrokenPromiseException.ThrowUnless(
            handle.FencingToken > held.FencingToken, $"the fencing token {handle.FencingToken} follows {held.FencingToken}");
        Assert.Null(await client.ExistsAsync(held.Path));
    });

    [Fact]
    public async Task A_server_that_writes_is_found_and_the_session_goes_on()
    {
        var networks = new List<TcpProxy>();
        await using var cluster = await SiloCluster.StartAsync(new ClusterOptions
        {
            Silos = 2,
            // So long that it is not the lease that ends.
            Lease = 10 * s_patience,
            ConnectionString = (number, direct) => number == 0 ? Through(direct, networks) : direct,
            Arguments = _ => ["--sync-limit", "1000"],
            TickTime = TimeSpan.FromSeconds(6),
        });
        await using var network = networks[0];
        await using var toOther = new TcpProxy(cluster.EndPoints[1]);
        toOther.Refuse();
        await using var client = await CoordinationClient.ConnectAsync(
            Options($"{cluster.EndPoints[0]},{toOther.EndPoint}", 2 * s_patience)).WaitAsync(s_patience);
        var session = await client.ConnectedAsync();
        await client.CreateAsync("/own", CreateOptions.Ephemeral);
        var states = client.ReadStatesAsync().GetAsyncEnumerator();
        network.Silence();
        await ReachAsync(states, SessionState.ConnectedReadOnly);
        Assert.NotNull(await client.ExistsAsync("/own"));
        // What gives back its place waits for a server that writes.
        toOther.Restore();
        await ReachAsync(states, SessionState.Connected);
        Assert.Same(session, client.Session);
        Assert.Equal(session.Id, (await client.ExistsAsync("/own"))!.Value.EphemeralOwner);
        await client.SetDataAsync("/own", "written");
        network.Restore();
    }

    private static CoordinationClientOptions Options(string servers, TimeSpan sessionTimeout) => new()
    {
        ConnectionString = servers,
        SessionTimeout = sessionTimeout,
        LongestRetryDelay = TimeSpan.FromMilliseconds(200),
        AllowReadOnly = true,
    };

    private static string Through(string connectionString, List<TcpProxy> networks)
    {
        var settings = new System.Data.Common.DbConnectionStringBuilder { ConnectionString = connectionString };
        int port = int.Parse((string)settings["Port"], System.Globalization.CultureInfo.InvariantCulture);
        networks.Add(new TcpProxy(new IPEndPoint(IPAddress.Loopback, port)));
        settings["Port"] = networks[0].EndPoint.Port;
        return settings.ConnectionString;
    }

    private static async Task<SessionStateChange> ReachAsync(IAsyncEnumerator<SessionStateChange> states, SessionState state)
    {
        while (await states.MoveNextAsync().AsTask().WaitAsync(s_patience))
        {
            if (states.Current.State == state)
                return states.Current;
        }
        throw new InvalidOperationException($"the client was disposed of before it was {state}");
    }
}
