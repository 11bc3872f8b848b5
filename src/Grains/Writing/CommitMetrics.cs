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
    private long _longFlushes;

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

    /// <summary>From when on a flush is a long one, which is warned of; ZooKeeper's <c>fsync.warningthresholdms</c>.</summary>
    public TimeSpan LongFlush { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How many flushes were long ones.</summary>
    public long LongFlushes => Volatile.Read(ref _longFlushes);

    /// <summary>Times that writing a row to the log and flushing it took, in microseconds.</summary>
    public MeasuredSummary FlushTimes { get; } = new();

    /// <summary>Times that applying a batch took, in microseconds.</summary>
    public MeasuredSummary ApplyTimes { get; } = new();

    /// <summary>The requests in a batch.</summary>
    public MeasuredSummary BatchSizes { get; } = new();

    internal long Now => Stopwatch.GetTimestamp();

    /// <summary>Counts a batch that is durable and applied; by the thread that commits.</summary>
    internal void Committed(long started, long offered, long committed, int requests, int bytes)
    {
        var flushTime = Stopwatch.GetElapsedTime(offered, committed);
        var applyTime = Stopwatch.GetElapsedTime(committed);
        _flushTime.Record(flushTime.TotalMilliseconds);
        _commitTime.Record(Stopwatch.GetElapsedTime(started, committed).TotalMilliseconds);
        _applyTime.Record(applyTime.TotalMilliseconds);
        _batchSize.Record(requests);
        _batchBytes.Record(bytes);
        FlushTimes.Add((long)flushTime.TotalMicroseconds);
        ApplyTimes.Add((long)applyTime.TotalMicroseconds);
        BatchSizes.Add(requests);
    }

    /// <summary>Whether a flush took so long that it is to be warned of; counted if so.</summary>
    internal bool IsLong(long offered, long committed)
    {
        if (Stopwatch.GetElapsedTime(offered, committed) <= LongFlush)
            return false;
        Volatile.Write(ref _longFlushes, _longFlushes + 1);
        return true;
    }
}
