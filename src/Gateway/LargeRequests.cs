namespace Coordination.Gateway;

/// <summary>How many bytes of large writes are in flight, all connections together: ZooKeeper's
/// <c>largeRequestMaxBytes</c> and <c>largeRequestThreshold</c>.</summary>
/// <param name="options">What is large, and how much of it there may be.</param>
public sealed class LargeRequests(GatewayOptions options)
{
    private long _bytes;

    /// <summary>Whether a request is counted.</summary>
    public bool IsLarge(int bytes) => (uint)bytes > (uint)options.LargeRequestThreshold;

    /// <summary>Counts a large request.</summary>
    /// <returns>False, with nothing counted, where there is no room for it.</returns>
    public bool TryEnter(int bytes)
    {
        if (Interlocked.Add(ref _bytes, bytes) <= options.MostLargeRequestBytes)
            return true;
        Leave(bytes);
        return false;
    }

    /// <summary>The request is answered.</summary>
    public void Leave(int bytes) => Interlocked.Add(ref _bytes, -bytes);
}
