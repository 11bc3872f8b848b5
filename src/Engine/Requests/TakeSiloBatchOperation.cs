namespace Coordination.Engine.Requests;

/// <summary>Records the number of a batch that one silo has another append; the service's own. Refused where that number or a
/// later one is recorded, or it is so old that nobody knows.</summary>
/// <remarks>No silo hands batches over any more: each appends for itself, which takes one step less. But there may be logs with
/// such entries, and what a log says means the same for ever.</remarks>
/// <param name="silo">The life of the silo whose batch it is.</param>
/// <param name="batchNumber">That silo's number of the batch: above all before it.</param>
/// <param name="seen">The zxid that the silo had seen when it made the batch.</param>
public sealed class TakeSiloBatchOperation(Guid silo, long batchNumber, long seen) : WriteOperation
{
    /// <summary>The life of the silo whose batch it is.</summary>
    public Guid Silo { get; } = silo;

    /// <summary>That silo's number of the batch.</summary>
    public long BatchNumber { get; } = batchNumber;

    /// <summary>The zxid that the silo had seen when it made the batch: whatever is taken of it stands behind that.</summary>
    public long Seen { get; } = seen;
}
