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

    /// <summary>Asks the log for the zxid of its last entry: a fencing token that only grows, and what a client raises
    /// <see cref="SessionTicket.Seen"/> to that is to see all that was written before it asked. The high 32 bits are the
    /// epoch.</summary>
    /// <exception cref="ZnodeException">CONNECTIONLOSS: the log cannot be asked now.</exception>
    [AlwaysInterleave]
    Task<long> GetLastZxidAsync();

    /// <summary>Asks the log for the epoch in force.</summary>
    /// <exception cref="ZnodeException">CONNECTIONLOSS: the log cannot be asked now.</exception>
    [AlwaysInterleave]
    Task<int> GetEpochAsync();
}
