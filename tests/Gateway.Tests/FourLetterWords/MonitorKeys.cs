namespace Coordination.Gateway.Tests.FourLetterWords;

/// <summary>What <c>mntr</c> of a ZooKeeper 3.8 that serves alone tells, all of it, without the prefix.</summary>
/// <remarks>But for what it tells of each namespace, which is a znode below the root.</remarks>
internal static class MonitorKeys
{
    /// <summary>Single numbers that are told here too.</summary>
    public static readonly string[] Numbers =
    [
        "version", "server_state", "ephemerals_count", "num_alive_connections", "avg_latency", "min_latency",
        "max_latency", "outstanding_requests", "znode_count", "global_sessions", "last_client_response_size",
        "max_client_response_size", "min_client_response_size", "packets_sent", "packets_received",
        "connection_drop_probability", "watch_count", "auth_failed_count", "approximate_data_size",
        "open_file_descriptor_count", "max_file_descriptor_count", "local_sessions", "uptime",
        "outstanding_tls_handshake", "unsuccessful_handshake", "tls_handshake_exceeded", "connection_request_count",
        "connection_rejected", "connection_drop_count", "connection_revalidate_count",
        "sessionless_connections_expired", "large_requests_rejected", "bytes_received_count", "response_bytes",
        "request_throttle_wait_count", "stale_sessions_expired",
    ];

    /// <summary>Summaries that are told here too: their average, least, most, count and sum.</summary>
    public static readonly string[] Summaries =
    [
        "fsynctime", "write_batch_time_in_commit_processor", "sync_processor_batch_size",
    ];

    /// <summary>Those of which percentiles are told as well.</summary>
    public static readonly string[] PercentileSummaries = ["readlatency", "updatelatency"];

    /// <summary>What is not told here, numbers and summaries, each with why not; docs/differences.md says it shorter.</summary>
    public static readonly (string Reason, string[] Names)[] Absent =
    [
        ("There is no leader that proposes, no follower that acknowledges, and no election.",
        [
            "proposal_count", "looking_count", "learner_proposal_received_count", "learner_commit_received_count",
            "commit_count", "diff_count", "snap_count", "quit_leading_due_to_disloyal_voter", "ensemble_auth_success",
            "ensemble_auth_fail", "ensemble_auth_skip", "skip_learner_request_to_next_processor_count",
            "revalidate_count", "proposal_process_time", "leader_unavailable_time", "follower_sync_time",
            "observer_sync_time", "inflight_snap_count", "inflight_diff_count", "learner_request_processor_queue_size",
            "unavailable_time", "election_time", "quorum_ack_latency", "om_commit_process_time_ms",
            "om_proposal_process_time_ms", "commit_propagation_latency", "propagation_latency",
            "proposal_ack_creation_latency", "proposal_latency", "commit_process_time",
        ]),
        ("A request passes through no chain of processors with a queue before each.",
        [
            "outstanding_changes_removed", "outstanding_changes_queued", "requests_not_forwarded_to_commit_processor",
            "prep_processor_request_queued", "sync_processor_request_queued", "request_commit_queued",
            "session_queues_drained", "write_commit_proc_req_queued", "read_commit_proc_req_queued",
            "commit_commit_proc_req_queued", "sync_processor_queue_size", "prep_processor_queue_size",
            "reads_issued_from_session_queue", "reads_after_write_in_session_queue", "requests_in_session_queue",
            "write_commit_proc_issued", "read_commit_proc_issued", "prep_process_time", "pending_session_queue_size",
            "time_waiting_empty_pool_in_commit_processor_read_ms", "concurrent_request_processing_in_commit_processor",
            "sync_process_time", "prep_processor_queue_time_ms", "close_session_prep_time", "read_commitproc_time_ms",
            "write_commitproc_time_ms", "local_write_committed_time_ms", "server_write_committed_time_ms",
            "read_final_proc_time_ms", "write_final_proc_time_ms", "sync_processor_queue_and_flush_time_ms",
            "sync_processor_queue_time_ms", "sync_processor_queue_flush_time_ms",
        ]),
        ("No request waits in a queue of a throttle, and none is dropped.",
        [
            "throttled_ops", "stale_requests", "stale_requests_dropped", "stale_replies",
            "request_throttle_queue_time_ms", "connection_token_deficit", "cnxn_closed_without_zk_server_running",
        ]),
        ("No answer is cached, no watcher is cleared away later, no tree is summed up.",
        [
            "response_packet_cache_hits", "response_packet_cache_misses", "response_packet_get_children_cache_hits",
            "response_packet_get_children_cache_misses", "dead_watchers_queued", "dead_watchers_cleared",
            "dead_watchers_cleaner_latency", "add_dead_watcher_stall_time", "digest_mismatches_count",
        ]),
        ("There are no snapshots, and a start reads a table.",
        [
            "snapshottime", "startup_txns_loaded", "startup_txns_load_time", "startup_snap_load_time", "dbinittime",
        ]),
        ("It would cost each write, or each watch, something.",
        [
            "watch_bytes", "node_created_watch_count", "node_deleted_watch_count", "node_changed_watch_count",
            "node_children_watch_count",
        ]),
        ("Of the JVM, of Netty, of ports.",
        [
            "jvm_pause_time_ms", "netty_queued_buffer_capacity", "socket_closing_time", "unrecoverable_error_count",
            "insecure_admin_count", "non_mtls_remote_conn_count", "non_mtls_local_conn_count",
        ]),
    ];

    /// <summary>All that ZooKeeper tells, a summary by its name.</summary>
    public static IEnumerable<string> Names =>
        [.. Numbers, .. Summaries, .. PercentileSummaries, .. Absent.SelectMany(static group => group.Names)];

    /// <summary>All keys that are told here.</summary>
    public static IEnumerable<string> Told => Numbers
        .Concat(Summaries.SelectMany(static name => Parts(name, "avg", "min", "max", "cnt", "sum")))
        .Concat(PercentileSummaries.SelectMany(
            static name => Parts(name, "avg", "min", "max", "cnt", "sum", "p50", "p95", "p99", "p999")));

    /// <summary>What a key is of; null for a namespace.</summary>
    public static string? NameOf(string key)
    {
        if (key.EndsWith("_per_namespace", StringComparison.Ordinal))
            return null;
        string[] parts = key.Split('_', 2);
        bool isPart = parts[0] is "avg" or "min" or "max" or "cnt" or "sum" or "p50" or "p95" or "p99" or "p999";
        return isPart && !Numbers.Contains(key) ? parts[1] : key;
    }

    private static IEnumerable<string> Parts(string name, params string[] parts) => parts.Select(part => $"{part}_{name}");
}
