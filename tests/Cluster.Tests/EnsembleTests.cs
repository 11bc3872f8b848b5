using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Coordination.Testing;
using Coordination.Testing.RawProtocol;

namespace Coordination.Cluster.Tests;

/// <summary>What a cluster tells of itself is true, as silos join, leave and die.</summary>
public sealed class EnsembleTests
{
    private const string ConfigPath = "/zookeeper/config";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan s_longLease = TimeSpan.FromSeconds(40);

    [Fact]
    public async Task One_silo_leads_and_another_does_once_it_is_dead()
    {
        await using var cluster = await SiloCluster.StartAsync();
        string[] modes = await ModesAsync(cluster.EndPoints);
        Assert.Equal(["follower", "follower", "leader"], modes.Order());
        int leader = Array.IndexOf(modes, "leader");
        await cluster.Silos[leader].KillAsync();
        var survivors = cluster.EndPoints.Where((_, number) => number != leader).ToArray();
        await Eventually.TrueAsync(
            async () => (await ModesAsync(survivors)).Order().SequenceEqual(["follower", "leader"]),
            s_patience, () => "no survivor leads");
        // One that comes back comes last.
        await cluster.Silos[leader].StartAgainAsync();
        await Eventually.TrueAsync(
            async () => (await ModesAsync(cluster.EndPoints)).Order().SequenceEqual(["follower", "follower", "leader"]),
            s_patience, () => "one leads, and two follow");
        Assert.Equal("follower", await Words.ModeAsync(cluster.EndPoints[leader]));
    }

    [Fact]
    public async Task The_configuration_follows_those_who_join_and_go()
    {
        await using var cluster = await SiloCluster.StartAsync(new ClusterOptions { Silos = 2, Lease = s_longLease });
        await using var client = await ConnectAsync(cluster.EndPoints[1]);
        await Eventually.TrueAsync(
            async () => Members(await ReadAsync(client)).SetEquals(cluster.EndPoints), s_patience,
            () => "the first two are not listed");
        long before = VersionOf(await ReadAsync(client, watch: true));

        var third = await cluster.AddSiloAsync();
        var changed = await client.NextNotificationAsync(s_patience);
        Assert.Equal((WatchEventType.NodeDataChanged, ConfigPath), (changed.Type, changed.Path));
        string joined = await ReadAsync(client, watch: true);
        Assert.True(Members(joined).SetEquals(cluster.EndPoints));
        Assert.True(VersionOf(joined) > before);

        // One that leaves says so, and is not waited for.
        await third.TerminateAsync(TimeSpan.FromSeconds(60));
        await client.NextNotificationAsync(s_longLease / 2);
        Assert.True(Members(await ReadAsync(client)).SetEquals(cluster.EndPoints.Take(2)));

        // The last survivor does not leave its clients with one address.
        await cluster.Silos[0].TerminateAsync(TimeSpan.FromSeconds(60));
        await Eventually.TrueAsync(
            async () => await DatabaseQuery.CountSilosAsync(cluster) == 1, s_patience, () => "one that left is entered");
        await Eventually.TrueAsync(
            async () => await Words.ModeAsync(cluster.EndPoints[1]) == "leader", s_patience, () => "the last one does not lead");
        await client.SetDataAsync("/", null);
        Assert.True(Members(await ReadAsync(client)).SetEquals(cluster.EndPoints.Take(2)));
    }

    [Fact]
    public async Task A_silo_that_comes_back_at_once_is_counted_once()
    {
        await using var cluster = await SiloCluster.StartAsync(new ClusterOptions
        {
            Lease = s_longLease,
            Arguments = _ => ["--four-letter-words", "*"],
        });
        string[] modes = await ModesAsync(cluster.EndPoints);
        var leader = cluster.EndPoints[Array.IndexOf(modes, "leader")];
        int victim = Array.IndexOf(modes, "follower");
        await cluster.Silos[victim].KillAsync();
        await cluster.Silos[victim].StartAgainAsync();
        // Its former life is entered for as long as the lease is.
        Assert.Equal(4, await DatabaseQuery.CountSilosAsync(cluster));
        await using var client = await ConnectAsync(leader);
        await Eventually.TrueAsync(
            async () => (await ReadAsync(client)).Contains("server.4=", StringComparison.Ordinal), s_patience,
            () => "the new life is not listed");
        Assert.Equal(3, Members(await ReadAsync(client)).Count);
        var figures = await Words.MonitorAsync(leader);
        Assert.Equal(("2", "2", "3"), (figures["zk_learners"], figures["zk_synced_followers"], figures["zk_quorum_size"]));
    }

    [Fact]
    public async Task A_silo_tells_of_its_database_and_not_of_a_folder()
    {
        int http = FreePort.Take();
        await using var cluster = await SiloCluster.StartAsync(new ClusterOptions
        {
            Silos = 1,
            ConnectionString = (_, direct) => $"{direct};Password=secret",
            Arguments = _ => ["--four-letter-words", "*", "--http-port", Text(http)],
        });
        string place = $"127.0.0.1:{cluster.Database.Port}/postgres schema {cluster.Name}";
        string conf = await Words.AskAsync(cluster.EndPoints[0], "conf");
        Assert.Contains($"\ndataDir={place}\n", conf, StringComparison.Ordinal);
        Assert.Contains($"\ndataLogDir={place}\n", conf, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", conf, StringComparison.Ordinal);
        Assert.Matches(@"\ndataDirSize=[1-9]\d*\n", conf);
        Assert.Matches(@"\ndataLogSize=[1-9]\d*\n", conf);
        var dirs = await AdminAsync(http, "dirs");
        Assert.InRange(dirs.GetProperty("logdir_size").GetInt64(), 1, dirs.GetProperty("datadir_size").GetInt64() - 1);
        Assert.Equal(place, (await AdminAsync(http, "configuration")).GetProperty("data_dir").GetString());
    }

    [Fact]
    public async Task An_observer_serves_writes_and_never_leads()
    {
        int http = FreePort.Take();
        await using var cluster = await SiloCluster.StartAsync(new ClusterOptions
        {
            Arguments = number =>
            [
                "--four-letter-words", "*",
                .. number == 0 ? (string[])["--peer-type", "observer"] : ["--http-port", Text(number == 1 ? http : 0)],
            ],
            Silos = 2,
        });
        var observer = cluster.EndPoints[0];
        var leader = cluster.EndPoints[1];
        Assert.Equal(["observer", "leader"], await ModesAsync(cluster.EndPoints));
        await using var client = await ConnectAsync(observer);
        Assert.Equal(ErrorCode.Ok, (await client.CreateAsync("/of-an-observer", null)).Error);
        await Eventually.TrueAsync(
            async () => Members(await ReadAsync(client)).Count == 2, s_patience, () => "both are listed");
        string config = await ReadAsync(client);
        Assert.Contains($":observer;{observer}\n", config, StringComparison.Ordinal);
        Assert.Contains($":participant;{leader}\n", config, StringComparison.Ordinal);
        string conf = await Words.AskAsync(observer, "conf");
        Assert.Contains("peerType=1\n", conf, StringComparison.Ordinal);
        Assert.EndsWith($"membership: \n{config}\n", conf, StringComparison.Ordinal);

        var figures = await Words.MonitorAsync(leader);
        Assert.Equal("leader", figures["zk_server_state"]);
        Assert.Equal("leading - broadcast", figures["zk_peer_state"]);
        Assert.Equal(("1", "0", "1"), (figures["zk_learners"], figures["zk_synced_followers"], figures["zk_synced_observers"]));
        Assert.Equal("1", figures["zk_quorum_size"]);
        var observed = await Words.MonitorAsync(observer);
        Assert.Equal("observing - broadcast", observed["zk_peer_state"]);
        Assert.False(observed.ContainsKey("zk_learners"));

        await CheckAdminAsync(http, leader, observer);
        Assert.Equal(ErrorCode.ReconfigDisabled, (await ReconfigureAsync(client)).Error);

        await cluster.Silos[1].KillAsync();
        Assert.Equal("observer", await Words.ModeAsync(observer));
        Assert.Equal(ErrorCode.Ok, (await client.CreateAsync("/alone", null)).Error);
    }

    [Fact]
    public async Task A_silo_on_all_addresses_is_listed_as_it_says()
    {
        await using var cluster = await SiloCluster.StartAsync(new ClusterOptions
        {
            Silos = 2,
            Arguments = number => number == 0
                ? ["--client-address", "0.0.0.0", "--advertised-client-address", "silo-a.example.org:12181"]
                : ["--advertised-client-address", "silo-b.example.org"],
        });
        await using var client = await ConnectAsync(cluster.EndPoints[0]);
        int port = cluster.EndPoints[1].Port;
        string[] expected =
        [
            "silo-a.example.org:2888:3888:participant;silo-a.example.org:12181",
            $"silo-b.example.org:2888:3888:participant;silo-b.example.org:{port}",
        ];
        await Eventually.TrueAsync(
            async () => (await ReadAsync(client)).Split('\n').SkipLast(1).Select(line => line[(line.IndexOf('=') + 1)..])
                .Order().SequenceEqual(expected),
            s_patience, () => "the advertised addresses are not listed");
    }

    [Fact]
    public async Task Nothing_is_listed_where_a_silo_does_not_say_how_it_is_reached()
    {
        await using var cluster = await SiloCluster.StartAsync(new ClusterOptions
        {
            Silos = 1,
            Arguments = _ => ["--client-address", "0.0.0.0"],
        });
        await Eventually.TrueAsync(
            () => cluster.Silos[0].Output.Contains("does not say how clients reach it", StringComparison.Ordinal), s_patience,
            () => "the operator is not told");
        await using var client = await ConnectAsync(cluster.EndPoints[0]);
        Assert.Empty(await ReadAsync(client));
    }

    private static async Task CheckAdminAsync(int http, IPEndPoint leader, IPEndPoint observer)
    {
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{http}/commands/") };
        var answer = await client.GetFromJsonAsync<JsonElement>("leader");
        Assert.True(answer.GetProperty("is_leader").GetBoolean());
        Assert.Equal("127.0.0.1", answer.GetProperty("leader_ip").GetString());
        int number = answer.GetProperty("leader_id").GetInt32();
        var view = (await client.GetFromJsonAsync<JsonElement>("voting_view")).GetProperty("current_config");
        var voter = Assert.Single(view.EnumerateObject());
        Assert.Equal((Text(number), leader.ToString()), (voter.Name, voter.Value.GetProperty("client_address").GetString()));
        var observers = await client.GetFromJsonAsync<JsonElement>("observers");
        Assert.Equal(1, observers.GetProperty("synced_observers").GetInt32());
        Assert.Equal(
            observer.ToString(),
            Assert.Single(observers.GetProperty("observers").EnumerateArray()).GetProperty("remote_socket_address").GetString());
    }

    private static async Task<RawZooKeeperClient> ConnectAsync(IPEndPoint silo)
    {
        var client = await RawZooKeeperClient.ConnectAsync(silo);
        client.KeepAlive(TimeSpan.FromSeconds(1));
        return client;
    }

    private static async Task<JsonElement> AdminAsync(int http, string command)
    {
        using var client = new HttpClient();
        return await client.GetFromJsonAsync<JsonElement>($"http://127.0.0.1:{http}/commands/{command}");
    }

    private static Task<Reply<Nothing>> ReconfigureAsync(RawZooKeeperClient client) => client.SendAsync(
        OperationCode.Reconfigure, "reconfig",
        writer =>
        {
            for (int i = 0; i < 3; i++)
                writer.WriteBuffer(null);
            writer.WriteLong(-1);
        },
        static (ref JuteReader _) => default(Nothing));

    private static async Task<string[]> ModesAsync(IEnumerable<IPEndPoint> silos) =>
        await Task.WhenAll(silos.Select(Words.ModeAsync));

    private static async Task<string> ReadAsync(RawZooKeeperClient client, bool watch = false)
    {
        await client.SyncAsync("/");
        return Encoding.UTF8.GetString((await client.GetDataAsync(ConfigPath, watch)).Value.Data ?? []);
    }

    private static HashSet<IPEndPoint> Members(string config) =>
        [.. config.Split('\n').Where(line => line.Contains(';')).Select(line => IPEndPoint.Parse(line[(line.IndexOf(';') + 1)..]))];

    private static long VersionOf(string config) =>
        long.Parse(config.Split('\n')[^1]["version=".Length..], NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
