using Coordination.Grains.Messages;
using Orleans;
using Orleans.Concurrency;

namespace Coordination.Grains;

/// <summary>Gives out numbers in order: key 0. What it gives out is an entry of the log, so nothing is given out twice.</summary>
public interface ISequencerGrain : IGrainWithIntegerKey
{
    /// <summary>Takes a block of numbers from a named counter, which starts at 0.</summary>
    /// <param name="counter">The counter's name: 1 to 256 characters.</param>
    /// <param name="count">How many numbers: 1 to 1,000,000.</param>
    /// <exception cref="ArgumentException">The name or the count is out of bounds.</exception>
    /// <exception cref="ZnodeException">The write failed.</exception>
    [AlwaysInterleave]
    Task<NumberBlock> TakeAsync(string counter, int count);

    /// <summary>Takes one number from a named counter, as the ten-digit suffix of a sequential znode.</summary>
    /// <exception cref="ArgumentException">The name is out of bounds.</exception>
    /// <exception cref="ZnodeException">The write failed, or the counter is beyond ten digits.</exception>
    [AlwaysInterleave]
    Task<string> TakeSuffixAsync(string counter);

    /// <summary>The zxid of the last entry: a fencing token that only grows. Its high 32 bits are the epoch.</summary>
    [AlwaysInterleave]
    Task<long> GetLastZxidAsync();

    /// <summary>The epoch in force.</summary>
    [AlwaysInterleave]
    Task<int> GetEpochAsync();
}
