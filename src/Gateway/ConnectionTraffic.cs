namespace Coordination.Gateway;

/// <summary>What went over one connection, for <c>stat</c>.</summary>
public sealed class ConnectionTraffic
{
    private long _received;
    private long _sent;

    /// <summary>Packets that came from the client.</summary>
    public long Received => Volatile.Read(ref _received);

    /// <summary>Packets that went to the client.</summary>
    public long Sent => Volatile.Read(ref _sent);

    /// <summary>How many of the client's requests wait for their answers.</summary>
    public Func<int> Outstanding { get; set; } = static () => 0;

    /// <summary>Counts packets.</summary>
    public void Count(int received, int sent)
    {
        if (received > 0)
            Interlocked.Add(ref _received, received);
        if (sent > 0)
            Interlocked.Add(ref _sent, sent);
    }
}
