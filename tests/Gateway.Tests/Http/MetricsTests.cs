using System.Globalization;
using System.Text.RegularExpressions;
using Coordination.Testing.RawProtocol;

namespace Coordination.Gateway.Tests.Http;

/// <summary>The metrics, as Prometheus reads them.</summary>
public sealed partial class MetricsTests(HttpSilo silo) : IClassFixture<HttpSilo>
{
    // Under which ZooKeeper's own dashboards look for them.
    private static readonly string[] s_namesOfZooKeeper =
    [
        "znode_count", "num_alive_connections", "watch_count", "ephemerals_count", "outstanding_requests",
        "avg_latency", "min_latency", "max_latency", "packets_received", "packets_sent", "approximate_data_size",
        "open_file_descriptor_count", "max_file_descriptor_count", "global_sessions", "uptime", "fsynctime_count",
        "fsynctime_sum", "sync_processor_batch_size_count", "write_batch_time_in_commit_processor_count",
        "readlatency_count", "readlatency_sum", "updatelatency_count", "updatelatency_sum", "last_client_response_size",
        "bytes_received_count", "response_bytes", "stale_sessions_expired",
    ];

    [SiloFact(Timeout = 120_000)]
    public async Task Metrics_are_text_that_Prometheus_can_read()
    {
        await WriteAsync();
        using var response = await silo.Http.GetAsync("/metrics");
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        string text = await response.Content.ReadAsStringAsync();
        Assert.EndsWith("\n", text);
        var types = new Dictionary<string, string>();
        var seen = new HashSet<string>();
        foreach (string line in text.TrimEnd('\n').Split('\n'))
        {
            if (TypeLine().Match(line) is { Success: true } type)
            {
                Assert.True(types.TryAdd(type.Groups["name"].Value, type.Groups["type"].Value), line);
                continue;
            }

            if (HelpLine().IsMatch(line))
                continue;
            var sample = SampleLine().Match(line);
            Assert.True(sample.Success, line);
            Assert.True(seen.Add(sample.Groups["name"].Value + sample.Groups["labels"].Value), line);
            Assert.True(
                sample.Groups["value"].Value is "NaN" or "+Inf" or "-Inf"
                || double.TryParse(sample.Groups["value"].Value, CultureInfo.InvariantCulture, out _),
                line);
            string family = HistogramSuffix().Replace(sample.Groups["name"].Value, "");
            Assert.True(types.ContainsKey(sample.Groups["name"].Value) || types.GetValueOrDefault(family) is "histogram" or "summary", line);
        }
    }

    [SiloFact(Timeout = 120_000)]
    public async Task Metrics_have_the_names_of_ZooKeeper()
    {
        await WriteAsync();
        var samples = await ReadAsync();
        Assert.All(s_namesOfZooKeeper, name => Assert.Contains(name, samples.Keys));
    }

    [SiloFact(Timeout = 120_000)]
    public async Task Metrics_count_what_there_is()
    {
        await using var client = await silo.ConnectAsync();
        var before = await ReadAsync();
        // Those of the tests before it end a little after their clients do.
        for (int attempt = 0; before["num_alive_connections"] > 1 && attempt < 2400; attempt++)
        {
            await Task.Delay(25);
            before = await ReadAsync();
        }

        await client.CreateAsync("/metrics", null);
        await client.CreateAsync("/metrics/ephemeral", null, CreateMode.Ephemeral);
        await client.GetDataAsync("/metrics", watch: true);
        var after = await ReadAsync();
        // A commit is measured when its answers are out.
        for (int attempt = 0; after["fsynctime_count"] < before["fsynctime_count"] + 2 && attempt < 6000; attempt++)
        {
            await Task.Delay(10);
            after = await ReadAsync();
        }

        Assert.Equal(before["znode_count"] + 2, after["znode_count"]);
        Assert.Equal(before["ephemerals_count"] + 1, after["ephemerals_count"]);
        Assert.Equal(before["watch_count"] + 1, after["watch_count"]);
        Assert.True(after["num_alive_connections"] >= 1);
        Assert.True(after["fsynctime_count"] >= before["fsynctime_count"] + 2);
        Assert.True(after["packets_received"] >= before["packets_received"] + 3);
        await client.CloseSessionAsync();
    }

    [SiloFact(Timeout = 120_000)]
    public async Task Histograms_add_up()
    {
        await WriteAsync();
        string text = await silo.Http.GetStringAsync("/metrics");
        var buckets = text.Split('\n').Select(static line => SampleLine().Match(line))
            .Where(static sample => sample.Groups["name"].Value == "fsynctime_bucket").ToList();
        Assert.True(buckets.Count > 10);
        double[] counts =
        [
            .. buckets.Select(static bucket => double.Parse(bucket.Groups["value"].Value, CultureInfo.InvariantCulture)),
        ];
        Assert.Equal(counts.Order(), counts);
        Assert.Equal("{le=\"+Inf\"}", buckets[^1].Groups["labels"].Value);
        string[] bounds = [.. buckets.Take(buckets.Count - 1).Select(static bucket => bucket.Groups["bound"].Value)];
        double[] parsed = [.. bounds.Select(static bound => double.Parse(bound, CultureInfo.InvariantCulture))];
        Assert.Equal(parsed.Order(), parsed);
    }

    [SiloFact(Timeout = 120_000)]
    public async Task What_only_grows_is_a_counter_and_nothing_else_is()
    {
        string text = await silo.Http.GetStringAsync("/metrics");
        string[] counters =
        [
            .. text.Split('\n').Select(static line => TypeLine().Match(line))
                .Where(static type => type.Groups["type"].Value == "counter").Select(static type => type.Groups["name"].Value).Order(),
        ];
        Assert.Equal(
            [
                "auth_failed_count", "bytes_received_count", "connection_drop_count", "connection_rejected",
                "connection_request_count", "connection_revalidate_count", "dotnet_gc_gen0_collections",
                "dotnet_gc_gen1_collections", "dotnet_gc_gen2_collections", "dotnet_total_allocated_bytes",
                "large_requests_rejected", "packets_received", "packets_sent", "process_cpu_seconds_total",
                "request_throttle_wait_count", "response_bytes", "sessionless_connections_expired", "stale_sessions_expired",
                "tls_handshake_exceeded", "unsuccessful_handshake",
            ],
            counters);
    }

    [SiloFact(Timeout = 120_000)]
    public async Task Process_is_told_from_the_beginning()
    {
        var samples = await ReadAsync();
        Assert.True(samples["dotnet_gc_heap_size_bytes"] > 0);
        Assert.True(samples["process_cpu_seconds_total"] > 0);
        Assert.True(samples["process_resident_memory_bytes"] > 0);
        Assert.Equal(0, samples["connections_not_read"]);
        Assert.True(samples["write_batches_waiting"] >= 0);
    }

    [SiloFact(Timeout = 120_000)]
    public async Task Bytes_have_buckets_of_bytes()
    {
        await using var client = await silo.ConnectAsync();
        long before = await BatchesBelowAsync(65536);
        Assert.True((await client.CreateAsync("/bytes", new byte[100_000])).IsOk);
        for (int attempt = 0; await BatchesBelowAsync(131072) <= before; attempt++)
        {
            Assert.True(attempt < 2400, "a batch of 100 kB is in no bucket");
            await Task.Delay(25);
        }

        await client.CloseSessionAsync();
    }

    private async Task<long> BatchesBelowAsync(int bytes)
    {
        string text = await silo.Http.GetStringAsync("/metrics");
        string start = $"batch_bytes_bucket{{le=\"{bytes}\"}} ";
        // There are none before the first batch.
        return text.Split('\n').FirstOrDefault(line => line.StartsWith(start, StringComparison.Ordinal)) is { } line
            ? long.Parse(line[start.Length..], CultureInfo.InvariantCulture) : 0;
    }

    [GeneratedRegex(@"\A# TYPE (?<name>[a-zA-Z_:][a-zA-Z0-9_:]*) (?<type>counter|gauge|histogram|summary|untyped)\z")]
    private static partial Regex TypeLine();

    [GeneratedRegex(@"\A# HELP [a-zA-Z_:][a-zA-Z0-9_:]* .*\z")]
    private static partial Regex HelpLine();

    [GeneratedRegex(
        @"\A(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(?<labels>\{(le=""(?<bound>[^""]+)""|[a-zA-Z_][a-zA-Z0-9_]*=""[^""\\]*"")*\})? (?<value>\S+)\z")]
    private static partial Regex SampleLine();

    [GeneratedRegex(@"_(bucket|sum|count)\z")]
    private static partial Regex HistogramSuffix();

    private async Task WriteAsync()
    {
        await using var client = await silo.ConnectAsync();
        Assert.True((await client.SetDataAsync("/", [1])).IsOk);
        await client.CloseSessionAsync();
    }

    private async Task<Dictionary<string, double>> ReadAsync() => (await silo.Http.GetStringAsync("/metrics")).Split('\n')
        .Select(static line => SampleLine().Match(line))
        .Where(static sample => sample.Success && sample.Groups["labels"].Length == 0)
        .ToDictionary(
            static sample => sample.Groups["name"].Value,
            static sample => double.Parse(sample.Groups["value"].Value, CultureInfo.InvariantCulture));
}
