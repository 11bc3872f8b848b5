using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Coordination.Testing;
using Coordination.Testing.RawProtocol;

namespace Coordination.Gateway.Tests.FourLetterWords;

/// <summary>The answers to four-letter words, line by line as ZooKeeper 3.8 has them: scripts and exporters read them.</summary>
public sealed partial class FourLetterWordTests(EveryWordSilo silo) : IClassFixture<EveryWordSilo>
{
    [Fact(Timeout = 120_000)]
    public async Task Ruok_is_imok() => Assert.Equal("imok", await AskAsync("ruok"));

    [Fact(Timeout = 120_000)]
    public async Task Isro_is_rw() => Assert.Equal("rw", await AskAsync("isro"));

    [Fact(Timeout = 120_000)]
    public async Task Srvr_has_the_lines_of_ZooKeeper() => Assert.Matches(SrvrShape(), await AskAsync("srvr"));

    [Fact(Timeout = 120_000)]
    public async Task Stat_has_the_lines_of_ZooKeeper_with_one_for_each_connection()
    {
        await using var client = await silo.ConnectAsync();
        await client.ExistsAsync("/");
        await client.ExistsAsync("/");
        string text = await AskAsync("stat");
        Assert.Matches(StatShape(), text);
        var clients = StatClient().Matches(text);
        Assert.True(clients.Count >= 2, text);
        // The connect request, and the two reads.
        Assert.Contains(clients, static line => line.Groups["received"].Value == "3" && line.Groups["sent"].Value == "3");
        await client.CloseSessionAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task Conf_has_the_lines_of_ZooKeeper()
    {
        var lines = (await AskAsync("conf")).TrimEnd('\n').Split('\n').Select(static line => line.Split('=', 2)).ToList();
        Assert.All(lines, static line => Assert.Equal(2, line.Length));
        Assert.Equal(
            [
                "clientPort", "secureClientPort", "dataDir", "dataDirSize", "dataLogDir", "dataLogSize", "tickTime",
                "maxClientCnxns", "minSessionTimeout", "maxSessionTimeout", "clientPortListenBacklog", "serverId",
            ],
            lines.Select(static line => line[0]));
        var values = lines.ToDictionary(static line => line[0], static line => line[1]);
        Assert.Equal(silo.EndPoint.Port.ToString(CultureInfo.InvariantCulture), values["clientPort"]);
        Assert.Equal("2000", values["tickTime"]);
        Assert.Equal("4000", values["minSessionTimeout"]);
        Assert.Equal("40000", values["maxSessionTimeout"]);
        Assert.StartsWith(silo.Process.DataDirectory, values["dataDir"]);
        Assert.True(long.Parse(values["dataDirSize"], CultureInfo.InvariantCulture) > 0);
    }

    [Fact(Timeout = 120_000)]
    public async Task Mntr_has_the_names_of_ZooKeeper()
    {
        string text = await AskAsync("mntr");
        Assert.EndsWith("\n", text);
        var lines = text.TrimEnd('\n').Split('\n').Select(static line => line.Split('\t')).ToList();
        Assert.All(lines, static line => Assert.Equal(2, line.Length));
        Assert.Equal(lines.Count, lines.Select(static line => line[0]).Distinct().Count());
        // All that ZooKeeper has and that is here, and nothing under another name; and of ZooKeeper itself, all that is listed.
        string[] keys = [.. lines.Select(static line => line[0]["zk_".Length..])];
        if (SiloExecutable.StandIn is null)
            Assert.Equal(MonitorKeys.Told.Order(), keys.Order());
        else
            Assert.Equal(MonitorKeys.Names.Order(), keys.Select(MonitorKeys.NameOf).OfType<string>().Distinct().Order());
        Assert.Equal("zk_version", lines[0][0]);
        Assert.Equal(["zk_server_state", "standalone"], lines[1]);
        Assert.All(lines.Skip(2), static line => Assert.Matches(MonitorValue(), line[1]));
    }

    [SiloFact(Timeout = 120_000)]
    public async Task Mntr_measures_requests_and_commits()
    {
        await using var client = await silo.ConnectAsync();
        var before = await MonitorAsync();
        await client.CreateAsync("/measured", new byte[500]);
        await client.GetDataAsync("/measured");
        await client.GetDataAsync("/measured");
        var after = await MonitorAsync();
        // A commit is counted when its answers are out.
        for (int attempt = 0; after["zk_cnt_fsynctime"] < before["zk_cnt_fsynctime"] + 1 && attempt < 6000; attempt++)
        {
            await Task.Delay(10);
            after = await MonitorAsync();
        }

        Assert.Equal(1, Grown("zk_cnt_updatelatency"));
        Assert.Equal(2, Grown("zk_cnt_readlatency"));
        Assert.True(Grown("zk_cnt_fsynctime") >= 1);
        Assert.True(Grown("zk_sum_sync_processor_batch_size") >= 1);
        // The header, the data and its length, and the Stat.
        const int Answer = 16 + 4 + 500 + 68;
        Assert.Equal(Answer, after["zk_last_client_response_size"]);
        Assert.True(after["zk_max_client_response_size"] >= Answer);
        Assert.True(after["zk_min_client_response_size"] is >= 16 and < Answer);
        Assert.InRange(Grown("zk_response_bytes"), 2 * Answer, (2 * Answer) + 100);
        Assert.InRange(Grown("zk_bytes_received_count"), 500, 700);
        foreach (string name in (string[])["readlatency", "updatelatency"])
        {
            Assert.True(after[$"zk_min_{name}"] <= after[$"zk_p50_{name}"]);
            Assert.True(after[$"zk_p50_{name}"] <= after[$"zk_p999_{name}"]);
            Assert.True(after[$"zk_p999_{name}"] <= after[$"zk_max_{name}"]);
        }

        await client.CloseSessionAsync();

        double Grown(string key) => after[key] - before[key];
    }

    [Fact(Timeout = 120_000)]
    public async Task Mntr_counts_what_there_is()
    {
        await using var client = await silo.ConnectAsync();
        // This client's connection, and the one that asks.
        var before = await MonitorUntilAsync(connections: 2);
        await client.CreateAsync("/counted", new byte[1000]);
        await client.CreateAsync("/counted/ephemeral", null, CreateMode.Ephemeral);
        await client.GetDataAsync("/counted", watch: true);
        await client.GetChildrenAsync("/counted", watch: true);
        await using var other = await silo.ConnectAsync();
        var after = await MonitorAsync();
        Assert.Equal(2, Grown("zk_znode_count"));
        Assert.Equal(1, Grown("zk_ephemerals_count"));
        Assert.Equal(2, Grown("zk_watch_count"));
        Assert.Equal(1, Grown("zk_num_alive_connections"));
        Assert.Equal(1, Grown("zk_global_sessions"));
        // Sessions that are not in the log, of which there are none.
        Assert.Equal(0, after["zk_local_sessions"]);
        Assert.InRange(Grown("zk_approximate_data_size"), 1000, 1100);
        Assert.True(Grown("zk_packets_received") >= 5);
        Assert.True(Grown("zk_packets_sent") >= 5);
        Assert.True(after["zk_open_file_descriptor_count"] > 0);
        Assert.True(after["zk_max_file_descriptor_count"] >= after["zk_open_file_descriptor_count"]);
        Assert.True(after["zk_max_latency"] >= after["zk_min_latency"]);

        await other.CloseSessionAsync();
        await client.CloseSessionAsync();
        // What has ended is counted no more, once the server has seen the end of its connection.
        var end = await MonitorUntilAsync(connections: 1);
        Assert.Equal(before["zk_znode_count"] + 1, end["zk_znode_count"]);
        Assert.Equal(0, end["zk_ephemerals_count"]);
        Assert.Equal(0, end["zk_watch_count"]);

        double Grown(string key) => after[key] - before[key];
    }

    [Fact(Timeout = 120_000)]
    public async Task Srvr_tells_the_last_zxid()
    {
        await using var client = await silo.ConnectAsync();
        long zxid = (await client.Create2Async("/last", null)).Value.Stat.Czxid;
        Assert.Contains($"\nZxid: 0x{zxid:x}\n", await AskAsync("srvr"));
        await client.CloseSessionAsync();
    }

    [GeneratedRegex(ServerLines + @"\z")]
    private static partial Regex SrvrShape();

    [GeneratedRegex(@"\AZookeeper version: .+\nClients:\n(" + ClientLine + @")+\n" + StatisticsLines + @"\z")]
    private static partial Regex StatShape();

    [GeneratedRegex(ClientLine)]
    private static partial Regex StatClient();

    [GeneratedRegex(@"\A-?\d+(\.\d+)?\z")]
    private static partial Regex MonitorValue();

    private const string ServerLines = @"\AZookeeper version: .+\n" + StatisticsLines;

    private const string StatisticsLines =
        @"Latency min/avg/max: \d+/\d+\.\d{1,4}/\d+\nReceived: \d+\nSent: \d+\nConnections: \d+\nOutstanding: \d+\n"
        + @"Zxid: 0x[0-9a-f]+\nMode: standalone\nNode count: \d+\n";

    private const string ClientLine =
        @" /127\.0\.0\.1:\d+\[\d+\]\(queued=\d+,recved=(?<received>\d+),sent=(?<sent>\d+)\)\n";

    private Task<string> AskAsync(string word) => FourLetterWord.AskAsync(silo.EndPoint, word, RunningSilo.Soon);

    // Once those that have just ended are gone, watches and all.
    private async Task<Dictionary<string, double>> MonitorUntilAsync(int connections)
    {
        var monitored = await MonitorAsync();
        for (var waited = Stopwatch.StartNew();
            monitored["zk_num_alive_connections"] != connections || monitored["zk_watch_count"] != 0;)
        {
            Assert.True(waited.Elapsed < RunningSilo.Soon, "connections that are closed are still counted");
            await Task.Delay(25);
            monitored = await MonitorAsync();
        }

        return monitored;
    }

    private async Task<Dictionary<string, double>> MonitorAsync() => (await AskAsync("mntr")).TrimEnd('\n').Split('\n')
        .Select(static line => line.Split('\t')).Skip(2)
        .ToDictionary(static line => line[0], static line => double.Parse(line[1], CultureInfo.InvariantCulture));
}
