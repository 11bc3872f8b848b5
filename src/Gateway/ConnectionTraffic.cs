using System.Diagnostics;
using System.Net;
using Coordination.Gateway.FourLetterWords;
using Coordination.Protocol;

namespace Coordination.Gateway;

/// <summary>What went over one connection, for <c>stat</c> and <c>cons</c>.</summary>
public sealed class ConnectionTraffic
{
    private long _received;
    private long _sent;
    // Read without a lock, for nobody to wait: it may be of two moments.
    private Measured _measured = Measured.None;

    /// <summary>When the connection was made.</summary>
    public DateTimeOffset Established { get; } = DateTimeOffset.UtcNow;

    /// <summary>Whether the connection is encrypted.</summary>
    public bool IsSecure { get; init; }

    /// <summary>Packets that came from the client.</summary>
    public long Received => Volatile.Read(ref _received);

    /// <summary>Packets that went to the client.</summary>
    public long Sent => Volatile.Read(ref _sent);

    /// <summary>How many of the client's requests wait for their answers.</summary>
    public Func<int> Outstanding { get; set; } = static () => 0;

    /// <summary>The session that is served; null until the client has one.</summary>
    internal SessionConnection? Session { get; set; }

    /// <summary>Counts packets.</summary>
    public void Count(int received, int sent)
    {
        if (received > 0)
            Interlocked.Add(ref _received, received);
        if (sent > 0)
            Interlocked.Add(ref _sent, sent);
    }

    /// <summary>Tells all that is known.</summary>
    internal ConnectionFigures ToFigures(EndPoint remote)
    {
        var figures = new ConnectionFigures(remote, IsSecure, Received, Sent, Outstanding());
        if (Session is not { } connection)
            return figures;
        var measured = _measured;
        return figures with
        {
            SessionId = connection.Session.Id,
            SessionTimeout = connection.Session.TimeoutMilliseconds,
            LastOperation = measured.LastOperation,
            Established = Established.ToUnixTimeMilliseconds(),
            LastXid = measured.LastXid,
            LastZxid = measured.LastZxid,
            LastAnswered = Milliseconds(measured.LastAnswered),
            LastLatency = Milliseconds(measured.LastTicks),
            LeastLatency = measured.Requests == 0 ? 0 : Milliseconds(measured.LeastTicks),
            AverageLatency = measured.Requests == 0 ? 0 : Milliseconds(measured.TotalTicks / measured.Requests),
            MostLatency = Milliseconds(measured.MostTicks),
        };
    }

    /// <summary>Takes note of requests that are answered; by one thread at a time.</summary>
    /// <param name="requests">How many.</param>
    /// <param name="ticks">How long the first of them took, on the clock of <see cref="Stopwatch"/>.</param>
    /// <param name="last">The last of them.</param>
    /// <param name="zxid">The zxid of its answer.</param>
    internal void Measure(int requests, long ticks, RequestHeader last, long zxid)
    {
        _measured.LastOperation = last.Operation;
        // Those below 0 are the client's own housekeeping: what it did last is of interest.
        if (last.Xid >= 0)
            _measured.LastXid = last.Xid;
        _measured.LastZxid = zxid;
        _measured.LastAnswered = Stopwatch.GetTimestamp();
        _measured.LastTicks = ticks;
        _measured.LeastTicks = Math.Min(_measured.LeastTicks, ticks);
        _measured.MostTicks = Math.Max(_measured.MostTicks, ticks);
        _measured.TotalTicks += requests * ticks;
        _measured.Requests += requests;
    }

    /// <summary>Forgets what was counted; ZooKeeper's <c>crst</c>.</summary>
    internal void Reset()
    {
        Volatile.Write(ref _received, 0);
        Volatile.Write(ref _sent, 0);
        _measured = Measured.None;
    }

    private static long Milliseconds(long ticks) => ticks * 1000 / Stopwatch.Frequency;

    /// <summary>What is known of the requests that were answered, times in ticks of <see cref="Stopwatch"/>.</summary>
    private struct Measured
    {
        public static readonly Measured None = new() { LastXid = -1, LastZxid = -1, LeastTicks = long.MaxValue };

        public OperationCode? LastOperation;
        public int LastXid;
        public long LastZxid;
        public long LastAnswered;
        public long LastTicks;
        public long LeastTicks;
        public long MostTicks;
        public long TotalTicks;
        public long Requests;
    }
}
