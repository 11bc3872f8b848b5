using Coordination.Grains.Messages;
using Orleans;
using Orleans.Concurrency;

namespace Coordination.Grains;

/// <summary>The address of the single writer that makes the log fast: key 0. Other silos hand it their writes.</summary>
/// <remarks>One writer is a matter of speed, never of safety: the log itself refuses a row that was made for another tail.</remarks>
public interface ILogGrain : IGrainWithIntegerKey
{
    /// <summary>Takes a batch of a silo's writes; ends when the outcome of each is known.</summary>
    /// <remarks>Interleaves: the next batch is validated while this one commits. A batch that was taken before is not
    /// taken again: the reply says so.</remarks>
    [AlwaysInterleave]
    Task<WriteBatchReply> AppendAsync(WriteBatch batch);

    /// <summary>Asks the database for the log's tail.</summary>
    [AlwaysInterleave]
    Task<LogPosition> ReadTailAsync();

    /// <summary>Sends every row that is committed from now on to a replica, until it unsubscribes or falls silent.</summary>
    Task SubscribeAsync(ICommittedRowObserver replica);

    /// <summary>Sends a replica no more rows.</summary>
    Task UnsubscribeAsync(ICommittedRowObserver replica);
}
