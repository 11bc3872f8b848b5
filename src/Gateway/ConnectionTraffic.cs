using System.Diagnostics;
using Coordination.Protocol;

namespace Coordination.Gateway;

/// <summary>What went over one connection, for <c>stat</c> and <c>cons</c>.</summary>
public sealed class ConnectionTraffic
{
    private long _received;
    private long _sent;
    private Measured _measured = Measured.None;

    /// <summary>When the connection was made.</summary>
    public DateTimeOffset Established { get; } = DateTimeOffset.UtcNow;

    /// <summary>Packets that came from the client.</summary>
    public long Received => Volatile.Read(ref _received);

    /// <summary>Packets that went to the client.</summary>
    public long Sent => Volatile.Read(ref _sent);

    /// <summary>How many of the client's requests wait for their answers.</summary>
    public Func<int> Outstanding { get; set; } = static () => 0;

    /// <summary>What ZooKeeper waits for from the socket: 1, the next request; 0, nothing any more.</summary>
    public int InterestOperations => Session is null ? 0 : 1;

    /// <summary>The session that is served; null until the client has one.</summary>
    internal SessionConnection? Session { get; set; }

    /// <summary>The requests that were answered: of one moment as nearly as nobody waiting for it allows.</summary>
    internal Measured Answered => _measured;

    /// <summary>Counts packets.</summary>
    public void Count(int received, int sent)
    {
        if (received > 0)
            Interlocked.Add(ref _received, received);
        if (sent > 0)
            Interlocked.Add(ref _sent, sent);
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

    /// <summary>What is known of the requests that were answered, times in ticks of <see cref="Stopwatch"/>.</summary>
    internal struct Measured
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

        public readonly long LastAnsweredMilliseconds => Milliseconds(LastAnswered);

        public readonly long LastMilliseconds => Milliseconds(LastTicks);

        public readonly long LeastMilliseconds => LeastTicks == long.MaxValue ? 0 : Milliseconds(LeastTicks);

        public readonly long MostMilliseconds => Milliseconds(MostTicks);

        public readonly long AverageMilliseconds => Requests == 0 ? 0 : Milliseconds(TotalTicks / Requests);

        private static long Milliseconds(long ticks) => ticks * 1000 / Stopwatch.Frequency;
    }
}
