namespace Coordination.Gateway;

/// <summary>Makes up session ids: never 0, never with a first byte that ZooKeeper keeps for TTL nodes.</summary>
/// <remarks>The log refuses an id that is taken; starting at the time and a random number makes that a rarity.</remarks>
public sealed class SessionIds
{
    private const long Mask = (1L << 56) - 1;
    private const int FirstBytes = 254;

    private readonly long _firstByte;
    private long _last;

    /// <summary>Starts at the time, with a random number below it.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="number">The silo's number: the first byte of its ids, as ZooKeeper's server id is, up to 254; beyond, silos
    /// share first bytes.</param>
    public SessionIds(TimeProvider time, SiloNumber number)
    {
        _firstByte = (1L + ((number.Value - 1) % FirstBytes)) << 56;
        _last = (time.GetUtcNow().ToUnixTimeMilliseconds() << 16) | (uint)Random.Shared.Next(1 << 16);
    }

    /// <summary>An id that this silo has not given out.</summary>
    public long Next() => _firstByte | (Interlocked.Increment(ref _last) & Mask);
}
