using System.Collections.Frozen;
using System.Globalization;
using Coordination.Gateway.Serving;
using Coordination.Grains.Cluster;
using Coordination.Grains.Replication;
using Coordination.Grains.Sessions;
using Coordination.Grains.Writing;

namespace Coordination.Gateway.FourLetterWords;

/// <summary>What is measured of a silo, under ZooKeeper's names.</summary>
public sealed class ServerMonitor(
    Replica replica, WritePipeline pipeline, ServerStatistics statistics, ConnectionTable connections,
    ServerVersion version, ServingState serving, Ensemble ensemble, ReadOnlySessions readOnlySessions, CommitMetrics commits,
    SessionExpiry expiry)
{
    private static readonly FrozenSet<string> _counters = FrozenSet.Create(
        "packets_sent", "packets_received", "auth_failed_count", "large_requests_rejected", "unsuccessful_handshake",
        "tls_handshake_exceeded", "connection_request_count", "connection_rejected", "connection_drop_count",
        "sessionless_connections_expired", "connection_revalidate_count", "bytes_received_count", "response_bytes",
        "request_throttle_wait_count", "stale_sessions_expired");

    /// <summary>How many requests wait for their answers.</summary>
    public int Outstanding => pipeline.RequestsInFlight;

    /// <summary>How many flushes took so long that they were warned of.</summary>
    public long LongFlushes => commits.LongFlushes;

    /// <summary>The lengths of the last, the shortest and the longest answer, in bytes; -1 where there is none yet.</summary>
    public (int Last, int Least, int Most) Answers => statistics.Answers;

    /// <summary>How long requests took, under ZooKeeper's names.</summary>
    public IEnumerable<MonitoredSummary> RequestTimes =>
    [
        new("readlatency", statistics.ReadTimes, SummaryUnit.Microseconds, HasPercentiles: true),
        new("updatelatency", statistics.WriteTimes, SummaryUnit.Microseconds, HasPercentiles: true),
    ];

    /// <summary>All that mntr tells: <see cref="Values"/>, and the summaries number by number.</summary>
    public IEnumerable<KeyValuePair<string, object>> AllValues() => Values()
        .Concat(RequestTimes.SelectMany(static summary => summary.Values()))
        .Concat(CommitSummaries().SelectMany(static summary => summary.Values()));

    /// <summary>What is told of the server by single numbers: ZooKeeper's names, without their prefix; values are text, whole
    /// numbers or fractions.</summary>
    public IEnumerable<KeyValuePair<string, object>> Values()
    {
        var figures = Look();
        var latency = statistics.Latency;
        yield return new("version", version.ToString());
        yield return new("server_state", serving.Name);
        yield return new("ephemerals_count", figures.Ephemerals);
        yield return new("num_alive_connections", connections.Count);
        yield return new("avg_latency", Math.Round(latency.Average, 4));
        yield return new("outstanding_requests", Outstanding);
        yield return new("znode_count", figures.Znodes);
        yield return new("global_sessions", figures.Sessions);
        var answers = statistics.Answers;
        yield return new("last_client_response_size", answers.Last);
        yield return new("max_client_response_size", answers.Most);
        yield return new("min_client_response_size", answers.Least);
        yield return new("packets_sent", statistics.Sent);
        yield return new("packets_received", statistics.Received);
        // No connection is turned away by chance here: nothing to throttle them by is set up.
        yield return new("connection_drop_probability", 0.0);
        yield return new("watch_count", figures.Watches);
        yield return new("auth_failed_count", statistics.FailedAuthentications.Value);
        yield return new("min_latency", latency.Least);
        yield return new("max_latency", latency.Most);
        yield return new("approximate_data_size", figures.DataSize);
        yield return new("open_file_descriptor_count", FileDescriptors.OpenCount());
        yield return new("max_file_descriptor_count", FileDescriptors.MostCount());
        // ZooKeeper's word for sessions that are not in its log.
        yield return new("local_sessions", readOnlySessions.LocalCount);
        yield return new("uptime", (long)statistics.Uptime.TotalMilliseconds);
        yield return new("large_requests_rejected", statistics.RejectedLargeRequests.Value);
        yield return new("outstanding_tls_handshake", statistics.HandshakesUnderWay);
        yield return new("unsuccessful_handshake", statistics.FailedHandshakes.Value);
        yield return new("tls_handshake_exceeded", statistics.RejectedHandshakes.Value);
        yield return new("connection_request_count", statistics.ConnectRequests.Value);
        yield return new("connection_rejected", statistics.RejectedConnections.Value);
        yield return new("connection_drop_count", statistics.EndedConnections.Value);
        yield return new("sessionless_connections_expired", statistics.SilentConnections.Value);
        yield return new("connection_revalidate_count", statistics.Reattachments.Value);
        yield return new("bytes_received_count", statistics.BytesReceived);
        yield return new("response_bytes", statistics.BytesAnswered);
        yield return new("request_throttle_wait_count", statistics.Throttles.Value);
        yield return new("stale_sessions_expired", expiry.Expired);
        if (ensemble.IsAlone || serving.Mode != ServingMode.ReadWrite)
            yield break;
        foreach (var figure in EnsembleFigures.Of(ensemble))
            yield return figure;
    }

    /// <summary>Whether a value counts what has happened, and so only grows, but for <c>srst</c>.</summary>
    public static bool IsCounter(string name) => _counters.Contains(name);

    // Those that the page of metrics has as histograms, from the instruments themselves.
    private MonitoredSummary[] CommitSummaries() =>
    [
        new("fsynctime", commits.FlushTimes, SummaryUnit.Microseconds, HasPercentiles: false),
        new("write_batch_time_in_commit_processor", commits.ApplyTimes, SummaryUnit.Microseconds, HasPercentiles: false),
        new("sync_processor_batch_size", commits.BatchSizes, SummaryUnit.One, HasPercentiles: false),
    ];

    /// <summary>The text of a value, as ZooKeeper writes it.</summary>
    public static string TextOf(object value) => value is double fraction
        ? fraction.ToString("0.0###", CultureInfo.InvariantCulture)
        : Convert.ToString(value, CultureInfo.InvariantCulture)!;

    /// <summary>Takes the sizes of everything.</summary>
    public ServerFigures Look()
    {
        using (replica.Lock.EnterRead())
        {
            var state = replica.State;
            return new ServerFigures(
                state.LastZxid, state.Tree.Count + 1, state.EphemeralCount, state.Sessions.Count, state.Watches.Count,
                state.Tree.ApproximateDataSize);
        }
    }
}
