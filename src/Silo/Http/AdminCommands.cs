using System.Text.Json;
using Coordination.Gateway;
using Coordination.Gateway.FourLetterWords;
using Coordination.Gateway.Serving;
using Coordination.Grains.Cluster;
using Coordination.Silo.Options;
using Coordination.Storage;

namespace Coordination.Silo.Http;

/// <summary>What the commands of the AdminServer tell, under ZooKeeper's names.</summary>
/// <remarks>Whatever changes, or copies, the tree or its sessions is not among them: who asks is not known here.</remarks>
internal sealed class AdminCommands(
    SiloOptions options, StoreMonitor store, ServerMonitor monitor, ServerListings listings, ServerVersion version,
    AdminListings adminListings, ServerStatistics statistics, ConnectionTable connections, ICheckpoint checkpoint,
    ServingState serving, Ensemble ensemble, EnsembleCommands ensembleCommands, SiloNumber number)
{
    /// <summary>All commands.</summary>
    public IReadOnlyList<AdminCommand> All =>
    [
        Fields("configuration", ["conf", "config"], WriteConfiguration),
        Fields("connection_stat_reset", ["crst"], _ => connections.ResetTraffic()),
        new(["connections", "cons"], answer => adminListings.WriteConnectionsAsync(answer, adminListings.WriteFull)),
        new(["dirs"], WriteDirectoriesAsync),
        new(["dump"], adminListings.WriteDumpAsync),
        Fields("environment", ["env", "envi"], WriteEnvironment),
        Fields("is_read_only", ["isro"], json => json.WriteBoolean("read_only", IsReadOnly)),
        new(["last_snapshot", "lsnp"], WriteCheckpointAsync),
        Fields("monitor", ["mntr"], WriteMonitor),
        Fields("ruok", [], static _ => { }),
        new(["server_stats", "srvr"], WriteServerAsync),
        Fields("stat_reset", ["srst"], _ => statistics.Reset()),
        new(["stats", "stat"], WriteStatsAsync),
        Fields("watch_summary", ["wchs"], WriteWatchSummary),
        new(["watches", "wchc"], adminListings.WriteWatchesAsync),
        new(["watches_by_path", "wchp"], adminListings.WriteWatchesByPathAsync),
        // What an observer's connection would be counted by is not there: it reads the log as everybody does.
        Fields("observer_connection_stat_reset", ["orst"], static _ => { }),
        Fields("leader", ["lead"], ensembleCommands.WriteLeader) with
        {
            Error = ensemble.IsAlone ? "server is not initialized" : null,
        },
        Fields("observers", ["obsr"], ensembleCommands.WriteObservers),
        Fields("voting_view", [], ensembleCommands.WriteVotingView),
    ];

    private bool IsReadOnly => serving.Mode == ServingMode.ReadOnly;

    private static AdminCommand Fields(string name, string[] aliases, Action<Utf8JsonWriter> write) =>
        new([name, .. aliases], answer =>
        {
            write(answer.Json);
            return default;
        });

    private void WriteConfiguration(Utf8JsonWriter json)
    {
        json.WriteNumber("client_port", options.ClientPort);
        json.WriteString("data_dir", store.Place);
        json.WriteString("data_log_dir", store.Place);
        json.WriteNumber("tick_time", (int)options.TickTime.TotalMilliseconds);
        json.WriteNumber("max_client_cnxns", options.MaxClientConnections);
        json.WriteNumber("min_session_timeout", (int)options.MinSessionTimeout.TotalMilliseconds);
        json.WriteNumber("max_session_timeout", (int)options.MaxSessionTimeout.TotalMilliseconds);
        json.WriteNumber("server_id", ensemble.IsAlone ? 0 : number.Value);
        json.WriteNumber("client_port_listen_backlog", -1);
    }

    private async ValueTask WriteDirectoriesAsync(AdminAnswer answer)
    {
        var figures = await store.MeasureAsync();
        answer.Json.WriteNumber("datadir_size", figures.DataBytes);
        answer.Json.WriteNumber("logdir_size", figures.LogBytes);
    }

    private void WriteEnvironment(Utf8JsonWriter json)
    {
        foreach (var (name, value) in ServerEnvironment.List(version))
            json.WriteString(name, value);
    }

    // The checkpoint is what a snapshot is to ZooKeeper: what a start begins with.
    private async ValueTask WriteCheckpointAsync(AdminAnswer answer)
    {
        var state = await checkpoint.ReadStateAsync(CancellationToken.None);
        var figures = await store.MeasureAsync();
        answer.Json.WriteString("zxid", $"{state.Zxid:x}");
        answer.Json.WriteNumber("timestamp", figures.CheckpointTime?.ToUnixTimeSeconds() ?? -1);
    }

    private void WriteMonitor(Utf8JsonWriter json)
    {
        foreach (var (name, value) in monitor.AllValues())
        {
            json.WritePropertyName(name);
            if (value is string text)
                json.WriteStringValue(text);
            else
                json.WriteRawValue(ServerMonitor.TextOf(value));
        }
    }

    private async ValueTask WriteStatsAsync(AdminAnswer answer)
    {
        await WriteServerAsync(answer);
        await adminListings.WriteConnectionsAsync(answer, adminListings.WriteBrief);
    }

    private async ValueTask WriteServerAsync(AdminAnswer answer)
    {
        var sizes = await store.MeasureAsync();
        var figures = monitor.Look();
        var json = answer.Json;
        json.WriteString("version", version.ToString());
        json.WriteBoolean("read_only", IsReadOnly);
        json.WriteStartObject("server_stats");
        json.WriteNumber("data_dir_size", sizes.DataBytes);
        json.WriteNumber("log_dir_size", sizes.LogBytes);
        json.WriteNumber("fsync_threshold_exceed_count", monitor.LongFlushes);
        WriteAnswers(json, "client_response_stats");
        json.WriteBoolean("provider_null", false);
        json.WriteNumber("last_processed_zxid", figures.Zxid);
        foreach (var (name, value) in monitor.Values())
        {
            if (name is "server_state")
                json.WriteString(name, (string)value);
            else if (name is "packets_sent" or "packets_received" or "outstanding_requests" or "avg_latency"
                or "max_latency" or "min_latency" or "uptime" or "auth_failed_count")
            {
                json.WritePropertyName(name);
                json.WriteRawValue(ServerMonitor.TextOf(value));
            }
            else if (name is "num_alive_connections")
                json.WriteNumber("num_alive_client_connections", (int)value);
        }
        json.WriteEndObject();
        WriteAnswers(json, "client_response");
        json.WriteNumber("node_count", figures.Znodes);
    }

    private void WriteAnswers(Utf8JsonWriter json, string name)
    {
        var answers = monitor.Answers;
        json.WriteStartObject(name);
        json.WriteNumber("last_buffer_size", answers.Last);
        json.WriteNumber("min_buffer_size", answers.Least);
        json.WriteNumber("max_buffer_size", answers.Most);
        json.WriteEndObject();
    }

    private void WriteWatchSummary(Utf8JsonWriter json)
    {
        var summary = listings.WatchSummary();
        json.WriteNumber("num_connections", summary.Connections);
        json.WriteNumber("num_paths", summary.Paths);
        json.WriteNumber("num_total_watches", summary.Watches);
    }
}
