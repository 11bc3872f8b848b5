using System.Net;
using System.Text.Json;
using Coordination.Testing.RawProtocol;

namespace Coordination.Gateway.Tests.Http;

/// <summary>The commands of ZooKeeper's AdminServer, with its names of fields.</summary>
public sealed class AdminTests(HttpSilo silo) : IClassFixture<HttpSilo>
{
    [SiloFact(Timeout = 120_000)]
    public async Task Commands_are_listed_and_each_of_them_answers()
    {
        string list = await silo.Http.GetStringAsync("/commands");
        string[] commands = [.. list.Split('\n').Where(static line => line.StartsWith("<a ", StringComparison.Ordinal))
            .Select(static line => line.Split('>')[1].Split('<')[0])];
        Assert.Contains("watches_by_path", commands);
        Assert.True(commands.Length > 10, list);
        foreach (string command in commands)
        {
            var answer = await AskAsync(command);
            Assert.Equal(command, answer.GetProperty("command").GetString());
            if (command != "leader")
                Assert.Equal(JsonValueKind.Null, answer.GetProperty("error").ValueKind);
        }
    }

    [SiloFact(Timeout = 120_000)]
    public async Task Who_is_alone_answers_for_an_ensemble_as_ZooKeeper_does_standalone()
    {
        var observers = await AskAsync("observers");
        Assert.Equal(0, observers.GetProperty("synced_observers").GetInt32());
        Assert.Empty(observers.GetProperty("observers").EnumerateArray());
        Assert.Empty((await AskAsync("voting_view")).GetProperty("current_config").EnumerateObject());
        var leader = await AskAsync("leader");
        Assert.Equal("server is not initialized", leader.GetProperty("error").GetString());
        Assert.Equal(["command", "error"], leader.EnumerateObject().Select(static field => field.Name));
    }

    [SiloTheory(Timeout = 120_000)]
    [InlineData("configuration", "conf,config", "client_port,data_dir,data_log_dir,tick_time,max_client_cnxns,min_session_timeout,max_session_timeout,server_id,client_port_listen_backlog")]
    [InlineData("connections", "cons", "connections,secure_connections")]
    [InlineData("connection_stat_reset", "crst", "")]
    [InlineData("dirs", "", "datadir_size,logdir_size")]
    [InlineData("dump", "", "expiry_time_to_session_ids,session_id_to_ephemeral_paths")]
    [InlineData("is_read_only", "isro", "read_only")]
    [InlineData("last_snapshot", "lsnp", "zxid,timestamp")]
    [InlineData("leader", "lead", "")]
    [InlineData("observer_connection_stat_reset", "orst", "")]
    [InlineData("observers", "obsr", "synced_observers,observers")]
    [InlineData("ruok", "", "")]
    [InlineData("server_stats", "srvr", "version,read_only,server_stats,client_response,node_count")]
    [InlineData("stats", "stat", "version,read_only,server_stats,client_response,node_count,connections,secure_connections")]
    [InlineData("stat_reset", "srst", "")]
    [InlineData("voting_view", "", "current_config")]
    [InlineData("watch_summary", "wchs", "num_connections,num_paths,num_total_watches")]
    [InlineData("watches", "wchc", "session_id_to_watched_paths")]
    [InlineData("watches_by_path", "wchp", "path_to_session_ids")]
    public async Task Answer_has_the_fields_of_ZooKeeper_by_any_name(string command, string aliases, string fields)
    {
        foreach (string name in aliases.Split(',').Append(command).Where(static name => name.Length > 0))
        {
            var answer = await AskAsync(name);
            Assert.Equal(command, answer.GetProperty("command").GetString());
            Assert.Equal(
                [.. fields.Split(',').Where(static field => field.Length > 0), "command", "error"],
                answer.EnumerateObject().Select(static field => field.Name));
        }
    }

    [SiloFact(Timeout = 120_000)]
    public async Task Lists_tell_what_there_is()
    {
        await using var client = await silo.ConnectAsync();
        await client.CreateAsync("/admin", null);
        await client.CreateAsync("/admin/\"owned\"", null, CreateMode.Ephemeral);
        await client.GetDataAsync("/admin", watch: true);
        string id = $"{client.SessionId}";

        var watches = (await AskAsync("watches")).GetProperty("session_id_to_watched_paths");
        Assert.Equal("/admin", watches.GetProperty(id).EnumerateArray().Single().GetString());
        var byPath = (await AskAsync("wchp")).GetProperty("path_to_session_ids");
        Assert.Equal(client.SessionId, byPath.GetProperty("/admin").EnumerateArray().Single().GetInt64());
        Assert.Equal(1, (await AskAsync("wchs")).GetProperty("num_total_watches").GetInt32());
        var dump = await AskAsync("dump");
        Assert.Contains(
            dump.GetProperty("expiry_time_to_session_ids").EnumerateObject(),
            expiry => expiry.Value.EnumerateArray().Any(session => session.GetInt64() == client.SessionId));
        Assert.Equal(
            "/admin/\"owned\"",
            dump.GetProperty("session_id_to_ephemeral_paths").GetProperty(id).EnumerateArray().Single().GetString());
        var connection = (await AskAsync("connections")).GetProperty("connections").EnumerateArray()
            .Single(connection => connection.GetProperty("session_id").GetInt64() == client.SessionId);
        Assert.Equal("GETD", connection.GetProperty("last_operation").GetString());
        Assert.Equal(4, connection.GetProperty("packets_received").GetInt32());
        var monitor = await AskAsync("mntr");
        Assert.Equal(1, monitor.GetProperty("ephemerals_count").GetInt32());
        Assert.Equal("standalone", monitor.GetProperty("server_state").GetString());
        var stats = await AskAsync("srvr");
        Assert.Equal(monitor.GetProperty("znode_count").GetInt32(), stats.GetProperty("node_count").GetInt32());
        Assert.True(stats.GetProperty("server_stats").GetProperty("last_processed_zxid").GetInt64() > 0);
        Assert.True(stats.GetProperty("server_stats").GetProperty("fsync_threshold_exceed_count").GetInt64() >= 0);
        var answers = stats.GetProperty("server_stats").GetProperty("client_response_stats");
        Assert.InRange(answers.GetProperty("min_buffer_size").GetInt32(), 16, answers.GetProperty("max_buffer_size").GetInt32());
        Assert.Equal(JsonValueKind.Number, monitor.GetProperty("p999_updatelatency").ValueKind);

        await AskAsync("crst");
        connection = (await AskAsync("cons")).GetProperty("connections").EnumerateArray()
            .Single(connection => connection.GetProperty("session_id").GetInt64() == client.SessionId);
        Assert.Equal(0, connection.GetProperty("packets_received").GetInt32());
        await client.CloseSessionAsync();
    }

    [SiloTheory(Timeout = 120_000)]
    [InlineData("nonsense")]
    [InlineData("shed_connections")]
    [InlineData("restore")]
    [InlineData("ruok%2F")]
    public async Task Unknown_command_is_an_error_in_the_answer(string command)
    {
        var answer = await AskAsync(command);
        Assert.StartsWith("Unknown command: ", answer.GetProperty("error").GetString());
    }

    [SiloFact(Timeout = 120_000)]
    public async Task Commands_are_not_posted()
    {
        using var response = await silo.Http.PostAsync("/commands/stat_reset", null);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
    }

    private async Task<JsonElement> AskAsync(string command)
    {
        using var response = await silo.Http.GetAsync($"/commands/{command}");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        using var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return document.RootElement.Clone();
    }
}
