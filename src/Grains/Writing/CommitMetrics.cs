using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Coordination.Grains.Writing;

/// <summary>What the commit loop measures: batch sizes, and how long commits and their application take.</summary>
public sealed class CommitMetrics
{
    /// <summary>The name of the meter that all instruments of the silo are under.</summary>
    public const string MeterName = "Coordination";

    private readonly Histogram<double> _flushTime;
    private readonly Histogram<double> _commitTime;
    private readonly Histogram<double> _applyTime;
    private readonly Histogram<int> _batchSize;
    private readonly Histogram<int> _batchBytes;

    /// <summary>Makes the instruments.</summary>
    public CommitMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _flushTime = meter.CreateHistogram<double>("fsynctime", "ms", "Writing a row to the log and flushing it");
        _commitTime = meter.CreateHistogram<double>(
            "batch_commit_time", "ms", "From a batch's being taken to its being durable, with the wait for a turn and what is offered again");
        _applyTime = meter.CreateHistogram<double>("write_batch_time_in_commit_processor", "ms", "Applying a batch");
        _batchSize = meter.CreateHistogram<int>("sync_processor_batch_size", "requests", "Requests in a batch");
        _batchBytes = meter.CreateHistogram<int>("batch_bytes", "bytes", "The length of a batch in the log");
    }

    internal long Now => Stopwatch.GetTimestamp();

    internal void Committed(long started, long offered, long committed, int requests, int bytes)
    {
        _flushTime.Record(Stopwatch.GetElapsedTime(offered, committed).TotalMilliseconds);
        _commitTime.Record(Stopwatch.GetElapsedTime(started, committed).TotalMilliseconds);
        _applyTime.Record(Stopwatch.GetElapsedTime(committed).TotalMilliseconds);
        _batchSize.Record(requests);
        _batchBytes.Record(bytes);
    }
}
