using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Coordination.Gateway;
using Coordination.Gateway.FourLetterWords;
using Coordination.Grains.Checkpoints;
using Coordination.Grains.Writing;

namespace Coordination.Silo.Http;

/// <summary>The metrics as Prometheus text, named as ZooKeeper's are where they mean the same.</summary>
internal sealed class MetricsPage : IDisposable
{
    private readonly ServerMonitor _monitor;
    private readonly Checkpointer _checkpointer;
    private readonly WritePipeline _pipeline;
    private readonly ServerStatistics _statistics;
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, Summary> _summaries = new();

    public MetricsPage(ServerMonitor monitor, Checkpointer checkpointer, WritePipeline pipeline, ServerStatistics statistics)
    {
        _monitor = monitor;
        _checkpointer = checkpointer;
        _pipeline = pipeline;
        _statistics = statistics;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == CommitMetrics.MeterName)
                listener.EnableMeasurementEvents(instrument, _summaries.GetOrAdd(instrument.Name, _ => new Summary(instrument)));
        };
        _listener.SetMeasurementEventCallback<double>((_, value, _, summary) => ((Summary)summary!).Add(value));
        _listener.SetMeasurementEventCallback<int>((_, value, _, summary) => ((Summary)summary!).Add(value));
        _listener.Start();
    }

    /// <summary>Writes all metrics out, as they are now.</summary>
    public string Render()
    {
        var text = new StringBuilder();
        foreach (var (name, value) in _monitor.Values())
        {
            if (value is not string)
                text.Append($"# TYPE {name} {(ServerMonitor.IsCounter(name) ? "counter" : "gauge")}\n{name} {ServerMonitor.TextOf(value)}\n");
        }
        foreach (var summary in _monitor.RequestTimes)
        {
            text.Append($"# TYPE {summary.Name} summary\n");
            foreach (var (sample, value) in summary.Samples())
                text.Append($"{sample} {ServerMonitor.TextOf(value)}\n");
        }
        Gauge(text, "write_batches_waiting", _pipeline.WaitingBatches);
        Gauge(text, "connections_not_read", _statistics.ConnectionsNotRead);
        Gauge(text, "checkpoint_lag_rows", _checkpointer.Lag);
        RenderProcess(text);
        foreach (var summary in _summaries.Values)
            summary.Render(text);
        return text.ToString();
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private static void RenderProcess(StringBuilder text)
    {
        Counter(text, "process_cpu_seconds_total", Environment.CpuUsage.TotalTime.TotalSeconds);
        Gauge(text, "process_resident_memory_bytes", Environment.WorkingSet);
        var memory = GC.GetGCMemoryInfo();
        Gauge(text, "dotnet_gc_heap_size_bytes", GC.GetTotalMemory(forceFullCollection: false));
        Gauge(text, "dotnet_gc_fragmented_bytes", memory.FragmentedBytes);
        Gauge(text, "dotnet_gc_committed_bytes", memory.TotalCommittedBytes);
        Gauge(text, "dotnet_gc_pause_ratio_percent", memory.PauseTimePercentage);
        for (int generation = 0; generation <= GC.MaxGeneration; generation++)
            Counter(text, $"dotnet_gc_gen{generation}_collections", GC.CollectionCount(generation));
        Counter(text, "dotnet_total_allocated_bytes", GC.GetTotalAllocatedBytes());
    }

    private static void Counter(StringBuilder text, string name, double value) =>
        text.Append(CultureInfo.InvariantCulture, $"# TYPE {name} counter\n{name} {value}\n");

    private static void Gauge(StringBuilder text, string name, double value) =>
        text.Append(CultureInfo.InvariantCulture, $"# TYPE {name} gauge\n{name} {value}\n");

    /// <summary>The count, sum and distribution of one instrument's measurements.</summary>
    private sealed class Summary(Instrument instrument)
    {
        private const int Buckets = 22;

        // Powers of two: 16 µs to 33 s, 64 bytes to 128 MB, 1 to 2 million of anything else.
        private readonly int _firstExponent = instrument.Unit switch { "ms" => -6, "bytes" => 6, _ => 0 };
        private readonly Lock _lock = new();
        private readonly long[] _buckets = new long[Buckets];
        private long _count;
        private double _sum;

        public void Add(double value)
        {
            int bucket = value <= 0 ? 0 : (int)Math.Ceiling(Math.Log2(value)) - _firstExponent;
            lock (_lock)
            {
                _count++;
                _sum += value;
                if (bucket < Buckets)
                    _buckets[Math.Max(0, bucket)]++;
            }
        }

        public void Render(StringBuilder text)
        {
            lock (_lock)
            {
                string name = instrument.Name;
                text.Append($"# HELP {name} {instrument.Description} ({instrument.Unit})\n# TYPE {name} histogram\n");
                long below = 0;
                for (int i = 0; i < Buckets; i++)
                {
                    below += _buckets[i];
                    double bound = Math.ScaleB(1, i + _firstExponent);
                    text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{le=\"{bound}\"}} {below}\n");
                }
                text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{le=\"+Inf\"}} {_count}\n");
                text.Append(CultureInfo.InvariantCulture, $"{name}_sum {_sum}\n{name}_count {_count}\n");
            }
        }
    }
}
