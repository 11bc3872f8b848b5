using System.Net;
using Coordination.Testing;
using Coordination.Testing.RawProtocol;
using Npgsql;

namespace Coordination.Cluster.Tests;

/// <summary>What a silo does that cannot reach the database: it serves nobody, or those who ask for no more than reads.</summary>
public sealed class ReadOnlyTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly ConnectParameters s_readOnly = new() { ReadOnly = true };

    [Fact]
    public async Task Reads_go_on_for_those_who_ask_for_no_more()
    {
        int httpPort = FreePort.Take();
        await using var cluster = await SiloCluster.StartAsync(OneSilo("--http-port", $"{httpPort}"));
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{httpPort}/") };
        var silo = cluster.EndPoints[0];
        await using var client = await RawZooKeeperClient.ConnectAsync(silo, s_readOnly);
        client.KeepAlive(TimeSpan.FromSeconds(1));
        Assert.False(client.ReadOnly);
        await client.CreateAsync("/known", [1, 2]);
        await client.CreateAsync("/own", null, CreateMode.Ephemeral);
        Assert.Equal("rw", await Words.AskAsync(silo, "isro"));
        Assert.Contains("\"read_only\": false", await http.GetStringAsync("commands/is_read_only"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("healthz/ready")).StatusCode);

        await cluster.Database.KillAsync();
        await Eventually.TrueAsync(
            async () => await Words.AskAsync(silo, "isro") == "ro", s_patience, () => "the silo is not read-only");
        // Whoever was served goes, and is told so by the end of the connection.
        await client.Ended.WaitAsync(s_patience);
        Assert.Equal("read-only", await Words.ModeAsync(silo));
        Assert.Equal("read-only", (await Words.MonitorAsync(silo))["zk_server_state"]);
        Assert.Contains(
            "\nREAD-ONLY mode; serving only read-only clients\n", await Words.AskAsync(silo, "srvr"), StringComparison.Ordinal);
        Assert.Contains("\"read_only\": true", await http.GetStringAsync("commands/is_read_only"), StringComparison.Ordinal);
        // Not for those that a balancer would send here.
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await http.GetAsync("healthz/ready")).StatusCode);
        await RefusesAsync(silo, new ConnectParameters());
        await RefusesAsync(silo, new ConnectParameters { ReadOnly = null });
        await RefusesAsync(silo, s_readOnly with { LastZxidSeen = long.MaxValue });

        await using var reader = await RawZooKeeperClient.ConnectAsync(silo, s_readOnly);
        reader.KeepAlive(TimeSpan.FromSeconds(1));
        Assert.True(reader.ReadOnly);
        await ReadsAsync(reader);
        await RefusesWritesAsync(reader);

        // The session of before goes on, and is not closed behind the log's back.
        var again = s_readOnly with
        {
            SessionId = client.SessionId, Password = client.Password, LastZxidSeen = client.LastZxidSeen,
        };
        await using (var attached = await RawZooKeeperClient.ConnectAsync(silo, again))
        {
            Assert.Equal((client.SessionId, true), (attached.SessionId, attached.ReadOnly));
            Assert.Equal(["/own"], (await attached.GetEphemeralsAsync("/")).Value);
            Assert.Equal(ErrorCode.NotReadOnly, (await SendAsync(attached, OperationCode.CloseSession)).Error);
            await Assert.ThrowsAsync<SessionExpiredException>(
                () => RawZooKeeperClient.ConnectAsync(silo, again with { Password = new byte[16] }));
        }

        await cluster.Database.StartAgainAsync();
        await reader.Ended.WaitAsync(s_patience);
        await Eventually.TrueAsync(
            async () => await Words.AskAsync(silo, "isro") == "rw", s_patience, () => "the silo is read-only");
        await using var back = await RawZooKeeperClient.ConnectAsync(silo, again);
        back.KeepAlive(TimeSpan.FromSeconds(1));
        Assert.False(back.ReadOnly);
        Assert.Equal(ErrorCode.Ok, (await back.SetDataAsync("/own", [3])).Error);
        // A session that was this silo's alone is gone.
        await Assert.ThrowsAsync<SessionExpiredException>(() => RawZooKeeperClient.ConnectAsync(
            silo, s_readOnly with { SessionId = reader.SessionId, Password = reader.Password }));
    }

    [Fact]
    public async Task A_session_of_this_silo_alone_lives_until_its_timeout_or_its_end()
    {
        await using var cluster = await SiloCluster.StartAsync(OneSilo());
        var silo = cluster.EndPoints[0];
        await cluster.Database.KillAsync();
        await Eventually.TrueAsync(
            async () => await Words.AskAsync(silo, "isro") == "ro", s_patience, () => "the silo is not read-only");
        var first = await RawZooKeeperClient.ConnectAsync(silo, s_readOnly with { SessionTimeout = s_patience });
        Assert.Equal("1", (await Words.MonitorAsync(silo))["zk_local_sessions"]);
        var again = s_readOnly with { SessionId = first.SessionId, Password = first.Password };
        await using (var second = await RawZooKeeperClient.ConnectAsync(silo, again))
        {
            Assert.Equal(first.SessionId, second.SessionId);
            // The connection that it had before is over.
            await first.Ended.WaitAsync(s_patience);
            await first.DisposeAsync();
            await second.CloseSessionAsync();
        }
        await Assert.ThrowsAsync<SessionExpiredException>(() => RawZooKeeperClient.ConnectAsync(silo, again));

        await using var silent = await RawZooKeeperClient.ConnectAsync(
            silo, s_readOnly with { SessionTimeout = TimeSpan.FromSeconds(1) });
        await silent.Ended.WaitAsync(s_patience);
        Assert.Equal("0", (await Words.MonitorAsync(silo))["zk_local_sessions"]);
    }

    [Fact]
    public async Task Nobody_is_served_where_it_is_switched_off()
    {
        await using var cluster = await SiloCluster.StartAsync(OneSilo("--read-only-mode", "false"));
        var silo = cluster.EndPoints[0];
        await cluster.Database.KillAsync();
        await Eventually.TrueAsync(
            async () => await Words.AskAsync(silo, "isro") == "null", s_patience, () => "the silo serves");
        Assert.Equal("This ZooKeeper instance is not currently serving requests\n", await Words.ModeAsync(silo));
        Assert.Equal("imok", await Words.AskAsync(silo, "ruok"));
        await RefusesAsync(silo, s_readOnly);
    }

    [Fact]
    public async Task A_silo_that_does_not_hear_of_the_log_within_the_sync_limit_stops_reading()
    {
        TcpProxy? proxy = null;
        await using var cluster = await SiloCluster.StartAsync(new ClusterOptions
        {
            Silos = 2,
            // So long that it is not the lease that ends.
            Lease = 10 * s_patience,
            ConnectionString = (number, direct) => number == 0 ? Through(direct, out proxy) : direct,
            Arguments = _ => ["--sync-limit", "1000"],
        });
        await using var network = proxy!;
        await using var client = await RawZooKeeperClient.ConnectAsync(cluster.EndPoints[0]);
        client.KeepAlive(TimeSpan.FromSeconds(1));
        network.Silence();
        await client.Ended.WaitAsync(s_patience);
        Assert.Equal("ro", await Words.AskAsync(cluster.EndPoints[0], "isro"));
        Assert.Equal("rw", await Words.AskAsync(cluster.EndPoints[1], "isro"));
        await RefusesAsync(cluster.EndPoints[0], new ConnectParameters());
        network.Restore();
        await Eventually.TrueAsync(
            async () => await Words.AskAsync(cluster.EndPoints[0], "isro") == "rw", s_patience, () => "the silo is read-only");
        await using var again = await RawZooKeeperClient.ConnectAsync(cluster.EndPoints[0]);
    }

    private static string Through(string connectionString, out TcpProxy proxy)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        proxy = new TcpProxy(new IPEndPoint(IPAddress.Loopback, settings.Port));
        settings.Port = proxy.EndPoint.Port;
        return settings.ConnectionString;
    }

    private static ClusterOptions OneSilo(params string[] arguments) =>
        new() { Silos = 1, Arguments = _ => ["--four-letter-words", "*", .. arguments] };

    private static async Task ReadsAsync(RawZooKeeperClient reader)
    {
        Assert.Equal([1, 2], (await reader.GetDataAsync("/known", watch: true)).Value.Data!);
        Assert.Equal(ErrorCode.NoNode, (await reader.ExistsAsync("/nowhere", watch: true)).Error);
        Assert.Contains("known", (await reader.GetChildrenAsync("/")).Value);
        Assert.Equal(ErrorCode.Ok, (await reader.AddWatchAsync("/", AddWatchMode.PersistentRecursive)).Error);
        Assert.Equal(ErrorCode.Ok, (await reader.CheckWatchesAsync("/known", WatcherType.Data)).Error);
        Assert.Equal(ErrorCode.Ok, (await reader.AuthenticateAsync("digest", "ada:secret")).Error);
        Assert.Contains((await reader.WhoAmIAsync()).Value, who => who.Scheme == "digest");
        Assert.Single((await reader.MultiReadAsync(MultiOperation.GetData("/known"))).Value);
        Assert.Equal(ErrorCode.Ok, (await reader.PingAsync()).Error);
    }

    private static async Task RefusesWritesAsync(RawZooKeeperClient reader)
    {
        Assert.Equal(ErrorCode.NotReadOnly, (await reader.CreateAsync("/new", null)).Error);
        Assert.Equal(ErrorCode.NotReadOnly, (await reader.Create2Async("/new", null)).Error);
        Assert.Equal(ErrorCode.NotReadOnly, (await reader.CreateContainerAsync("/new", null)).Error);
        Assert.Equal(ErrorCode.NotReadOnly, (await reader.SetDataAsync("/known", null)).Error);
        Assert.Equal(ErrorCode.NotReadOnly, (await reader.DeleteAsync("/known")).Error);
        Assert.Equal(ErrorCode.NotReadOnly, (await reader.SyncAsync("/")).Error);
        Assert.Equal(ErrorCode.NotReadOnly, (await reader.MultiAsync(MultiOperation.Check("/known", -1))).Error);
        Assert.Equal(ErrorCode.NotReadOnly, (await SendAsync(reader, OperationCode.Check)).Error);
        Assert.Equal([1, 2], (await reader.GetDataAsync("/known")).Value.Data!);
    }

    private static Task<Reply<Nothing>> SendAsync(RawZooKeeperClient client, OperationCode code) =>
        client.SendAsync(code, code.ToString(), static _ => { }, static (ref JuteReader _) => default(Nothing));

    private static Task RefusesAsync(IPEndPoint silo, ConnectParameters parameters) =>
        Assert.ThrowsAsync<ConnectionLostException>(() => RawZooKeeperClient.ConnectAsync(silo, parameters));
}
