using System.Diagnostics;

namespace Coordination.Gateway;

/// <summary>What srvr, stat and mntr tell of the requests so far.</summary>
public sealed class ServerStatistics
{
    private readonly Lock _lock = new();
    private readonly long _started = Stopwatch.GetTimestamp();
    private int _handshakes;
    private int _notRead;
    private long _received;
    private long _sent;
    private long _measured;
    private long _totalTicks;
    private long _leastTicks = long.MaxValue;
    private long _mostTicks;

    /// <summary>Packets that came from clients.</summary>
    public long Received => Volatile.Read(ref _received);

    /// <summary>Packets that went to clients.</summary>
    public long Sent => Volatile.Read(ref _sent);

    /// <summary>Connect requests that came, whatever was answered.</summary>
    public Counter ConnectRequests { get; } = new();

    /// <summary>Sessions that were attached again.</summary>
    public Counter Reattachments { get; } = new();

    /// <summary>Connections that were not let in: there were too many.</summary>
    public Counter RejectedConnections { get; } = new();

    /// <summary>Connections that ended, for whatever reason.</summary>
    public Counter EndedConnections { get; } = new();

    /// <summary>Connections that sent no connect request in time.</summary>
    public Counter SilentConnections { get; } = new();

    /// <summary>Clients that could not prove who they are.</summary>
    public Counter FailedAuthentications { get; } = new();

    /// <summary>Large writes that there was no room for.</summary>
    public Counter RejectedLargeRequests { get; } = new();

    /// <summary>TLS handshakes that failed.</summary>
    public Counter FailedHandshakes { get; } = new();

    /// <summary>TLS handshakes that were not begun: there were too many.</summary>
    public Counter RejectedHandshakes { get; } = new();

    /// <summary>How many TLS handshakes are under way.</summary>
    public int HandshakesUnderWay => Volatile.Read(ref _handshakes);

    /// <summary>How many connections are not read for now: what they have sent must be answered first, or what all have, or
    /// their answers must be taken.</summary>
    public int ConnectionsNotRead => Volatile.Read(ref _notRead);

    /// <summary>How long the silo has been running.</summary>
    public TimeSpan Uptime => Stopwatch.GetElapsedTime(_started);

    /// <summary>The shortest, average and longest time from a request's being read to its being answered, in milliseconds.</summary>
    public (long Least, double Average, long Most) Latency
    {
        get
        {
            lock (_lock)
            {
                return _measured == 0
                    ? (0, 0, 0)
                    : (Milliseconds(_leastTicks), (double)_totalTicks / _measured * 1000 / Stopwatch.Frequency,
                        Milliseconds(_mostTicks));
            }
        }
    }

    internal void BeginHandshake() => Interlocked.Increment(ref _handshakes);

    internal void EndHandshake() => Interlocked.Decrement(ref _handshakes);

    internal void BeginNotReading() => Interlocked.Increment(ref _notRead);

    internal void EndNotReading() => Interlocked.Decrement(ref _notRead);

    /// <summary>Counts packets.</summary>
    public void Count(int received, int sent)
    {
        if (received > 0)
            Interlocked.Add(ref _received, received);
        if (sent > 0)
            Interlocked.Add(ref _sent, sent);
    }

    /// <summary>Counts requests that were read at a time and are answered now.</summary>
    /// <returns>How long the first of them took, in ticks of <see cref="Stopwatch"/>.</returns>
    public long Answered(int requests, long readAt)
    {
        long ticks = Stopwatch.GetTimestamp() - readAt;
        lock (_lock)
        {
            _measured += requests;
            _totalTicks += ticks * requests;
            _leastTicks = Math.Min(_leastTicks, ticks);
            _mostTicks = Math.Max(_mostTicks, ticks);
        }
        return ticks;
    }

    /// <summary>Forgets what was counted, and starts anew; ZooKeeper's <c>srst</c>.</summary>
    public void Reset()
    {
        Volatile.Write(ref _received, 0);
        Volatile.Write(ref _sent, 0);
        lock (_lock)
            (_measured, _totalTicks, _leastTicks, _mostTicks) = (0, 0, long.MaxValue, 0);
        foreach (var counter in (Counter[])[
            ConnectRequests, Reattachments, RejectedConnections, EndedConnections, SilentConnections, FailedAuthentications,
            FailedHandshakes, RejectedHandshakes, RejectedLargeRequests])
        {
            counter.Reset();
        }
    }

    private static long Milliseconds(long ticks) => ticks * 1000 / Stopwatch.Frequency;
}
