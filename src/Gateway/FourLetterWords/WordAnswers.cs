using System.Globalization;
using System.Text;
using Coordination.Grains.Replication;
using Coordination.Grains.Writing;

namespace Coordination.Gateway.FourLetterWords;

/// <summary>Answers four-letter words, in ZooKeeper's formats.</summary>
public sealed class WordAnswers(
    GatewayOptions options, Replica replica, WritePipeline pipeline, ServerStatistics statistics,
    ConnectionTable connections, ServerVersion version)
{
    private static readonly IReadOnlySet<string> _known =
        new HashSet<string> { "conf", "isro", "mntr", "ruok", "srvr", "stat" };

    /// <summary>The answer to a word: what it asks for, or why it is not told.</summary>
    public string Answer(string word)
    {
        if (!_known.Contains(word) || (!options.AllFourLetterWords && !options.FourLetterWords.Contains(word)))
            return $"{word} is not executed because it is not in the whitelist.\n";
        return word switch
        {
            "ruok" => "imok",
            "isro" => "rw",
            "conf" => string.Concat(options.Configuration().Select(item => $"{item.Key}={item.Value}\n")),
            "srvr" => $"Zookeeper version: {version}\n{ServerLines()}",
            "stat" => $"Zookeeper version: {version}\nClients:\n{ClientLines()}\n{ServerLines()}",
            _ => string.Concat(Monitor().Select(item => $"zk_{item.Key}\t{item.Value}\n")),
        };
    }

    /// <summary>What mntr tells: ZooKeeper's names, without their prefix.</summary>
    public IEnumerable<KeyValuePair<string, string>> Monitor()
    {
        var state = Look();
        var latency = statistics.Latency;
        yield return new("version", version.ToString());
        yield return new("server_state", "standalone");
        yield return new("ephemerals_count", Text(state.Ephemerals));
        yield return new("num_alive_connections", Text(connections.Count));
        yield return new("avg_latency", latency.Average.ToString("0.0###", CultureInfo.InvariantCulture));
        yield return new("outstanding_requests", Text(pipeline.RequestsInFlight));
        yield return new("znode_count", Text(state.Znodes));
        yield return new("global_sessions", Text(state.Sessions));
        yield return new("packets_sent", Text(statistics.Sent));
        yield return new("packets_received", Text(statistics.Received));
        yield return new("connection_drop_probability", "0.0");
        yield return new("watch_count", Text(state.Watches));
        yield return new("min_latency", Text(latency.Least));
        yield return new("max_latency", Text(latency.Most));
        yield return new("approximate_data_size", Text(state.DataSize));
        yield return new("open_file_descriptor_count", Text(FileDescriptors.OpenCount()));
        yield return new("max_file_descriptor_count", Text(FileDescriptors.MostCount()));
        // ZooKeeper's word for sessions that are not in its log.
        yield return new("local_sessions", "0");
        yield return new("uptime", Text((long)statistics.Uptime.TotalMilliseconds));
    }

    private string ServerLines()
    {
        var state = Look();
        var latency = statistics.Latency;
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"Latency min/avg/max: {latency.Least}/{latency.Average:0.0###}/{latency.Most}\n");
        text.Append(CultureInfo.InvariantCulture, $"Received: {statistics.Received}\n");
        text.Append(CultureInfo.InvariantCulture, $"Sent: {statistics.Sent}\n");
        text.Append(CultureInfo.InvariantCulture, $"Connections: {connections.Count}\n");
        text.Append(CultureInfo.InvariantCulture, $"Outstanding: {pipeline.RequestsInFlight}\n");
        text.Append(CultureInfo.InvariantCulture, $"Zxid: 0x{state.Zxid:x}\n");
        text.Append("Mode: standalone\n");
        text.Append(CultureInfo.InvariantCulture, $"Node count: {state.Znodes}\n");
        return text.ToString();
    }

    private string ClientLines()
    {
        var text = new StringBuilder();
        foreach (var (remote, traffic) in connections.Connections)
        {
            // In brackets what ZooKeeper waits for from the socket: 1, its next request; 0, nothing any more.
            text.Append(
                CultureInfo.InvariantCulture,
                $" /{remote}[{(traffic.Received > 0 ? 1 : 0)}](queued={traffic.Outstanding()},recved={traffic.Received},sent={traffic.Sent})\n");
        }
        return text.ToString();
    }

    private (long Zxid, int Znodes, int Ephemerals, int Sessions, int Watches, long DataSize) Look()
    {
        using (replica.Lock.EnterRead())
        {
            var state = replica.State;
            // ZooKeeper counts the root under both of its names.
            return (state.LastZxid, state.Tree.Count + 1, state.EphemeralCount, state.Sessions.Count,
                state.Watches.Count, state.Tree.ApproximateDataSize);
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
