namespace Coordination.Engine.Requests;

/// <summary>Records that the requests behind it, a batch of another silo, are in the log; they go with it, or not at all.</summary>
/// <param name="silo">The life of the silo that handed the batch over.</param>
/// <param name="batchNumber">That silo's number of the batch: above all before it.</param>
/// <param name="seen">The zxid that the silo had seen when it made the batch.</param>
public sealed class TakeSiloBatchOperation(Guid silo, long batchNumber, long seen) : WriteOperation
{
    /// <summary>The life of the silo that handed the batch over.</summary>
    public Guid Silo { get; } = silo;

    /// <summary>That silo's number of the batch.</summary>
    public long BatchNumber { get; } = batchNumber;

    /// <summary>The zxid that the silo had seen when it made the batch: whatever is taken of it stands behind that.</summary>
    public long Seen { get; } = seen;

    /// <summary>Whether the last validation found that this batch, or a later one of the silo, was taken before, or is so old
    /// that nobody knows.</summary>
    public bool IsRefused { get; internal set; }
}
