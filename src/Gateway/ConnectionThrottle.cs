namespace Coordination.Gateway;

/// <summary>How many sessions may be opened or attached in a time: ZooKeeper's connection throttle, a bucket of tokens of
/// which each takes one.</summary>
/// <param name="options">The bucket's size and how fast it fills.</param>
/// <param name="time">The monotonic clock.</param>
public sealed class ConnectionThrottle(GatewayOptions options, TimeProvider time)
{
    private readonly Lock _lock = new();
    private int _tokens = options.ConnectionTokens;
    private long _filled = time.GetTimestamp();

    /// <summary>Takes a token.</summary>
    /// <returns>False where there is none: the client must try again later.</returns>
    public bool TryTake()
    {
        if (options.ConnectionTokens == 0)
            return true;
        lock (_lock)
        {
            Fill();
            if (_tokens == 0)
                return false;
            _tokens--;
            return true;
        }
    }

    private void Fill()
    {
        long fills = (long)(time.GetElapsedTime(_filled) / options.ConnectionFillTime);
        if (fills == 0)
            return;
        // Only whole times count: what is left of one is not lost.
        _filled += (long)(fills * options.ConnectionFillTime.TotalSeconds * time.TimestampFrequency);
        _tokens = (int)Math.Min(options.ConnectionTokens, _tokens + fills * options.ConnectionFillCount);
    }
}
