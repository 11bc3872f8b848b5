using Coordination.Grains.Messages;
using Orleans;
using Orleans.Concurrency;

namespace Coordination.Grains;

/// <summary>The log, to be followed: key 0. What is to be in it is written through the other grains.</summary>
public interface ILogGrain : IGrainWithIntegerKey
{
    /// <summary>Asks the database for the log's tail.</summary>
    [AlwaysInterleave]
    Task<LogPosition> ReadTailAsync();

    /// <summary>Sends every row that is committed from now on to a replica, until it unsubscribes or falls silent.</summary>
    Task SubscribeAsync(ICommittedRowObserver replica);

    /// <summary>Sends a replica no more rows.</summary>
    Task UnsubscribeAsync(ICommittedRowObserver replica);
}
