using System.Diagnostics;
using Coordination.Grains.Writing;

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
    private long _bytesReceived;
    private long _bytesAnswered;
    private int _lastAnswer = -1;
    private int _leastAnswer = -1;
    private int _mostAnswer = -1;

    /// <summary>Packets that came from clients.</summary>
    public long Received => Volatile.Read(ref _received);

    /// <summary>Packets that went to clients.</summary>
    public long Sent => Volatile.Read(ref _sent);

    /// <summary>Bytes of requests that came from clients.</summary>
    public long BytesReceived => Volatile.Read(ref _bytesReceived);

    /// <summary>Bytes of the answers that were measured.</summary>
    public long BytesAnswered => Volatile.Read(ref _bytesAnswered);

    /// <summary>The lengths of the last, the shortest and the longest answer, in bytes; -1 where there is none yet.</summary>
    public (int Last, int Least, int Most) Answers
    {
        get
        {
            lock (_lock)
                return (_lastAnswer, _leastAnswer, _mostAnswer);
        }
    }

    /// <summary>Times from a read's being read from its connection to its being answered, in microseconds.</summary>
    public MeasuredSummary ReadTimes { get; } = new();

    /// <summary>The same of writes, refused ones too.</summary>
    public MeasuredSummary WriteTimes { get; } = new();

    /// <summary>How often a connection was not read for a while: too much of it, or of all, was in flight.</summary>
    public Counter Throttles { get; } = new();

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

    /// <summary>Counts the bytes of requests.</summary>
    public void CountReceived(long bytes) => Interlocked.Add(ref _bytesReceived, bytes);

    /// <summary>Counts reads that came at a time and are answered now.</summary>
    /// <param name="requests">How many.</param>
    /// <param name="readAt">When they came, on the clock of <see cref="Stopwatch"/>.</param>
    /// <param name="lengths">How long their answers are, where that is known.</param>
    /// <returns>How long the first of them took, in ticks of <see cref="Stopwatch"/>.</returns>
    internal long AnsweredReads(int requests, long readAt, in AnswerLengths lengths) =>
        Answered(requests, readAt, lengths, ReadTimes);

    /// <summary>Counts a write that is answered now, or refused.</summary>
    /// <returns>How long it took, in ticks of <see cref="Stopwatch"/>.</returns>
    internal long AnsweredWrite(long readAt, in AnswerLengths lengths) => Answered(1, readAt, lengths, WriteTimes);

    private long Answered(int requests, long readAt, in AnswerLengths lengths, MeasuredSummary times)
    {
        long ticks = Stopwatch.GetTimestamp() - readAt;
        lock (_lock)
        {
            _measured += requests;
            _totalTicks += ticks * requests;
            _leastTicks = Math.Min(_leastTicks, ticks);
            _mostTicks = Math.Max(_mostTicks, ticks);
            times.Add(ticks * 1_000_000 / Stopwatch.Frequency, requests);
            if (lengths.Total > 0)
            {
                _bytesAnswered += lengths.Total;
                _lastAnswer = lengths.Last;
                _leastAnswer = _leastAnswer < 0 ? lengths.Least : Math.Min(_leastAnswer, lengths.Least);
                _mostAnswer = Math.Max(_mostAnswer, lengths.Most);
            }
        }
        return ticks;
    }

    /// <summary>Forgets what was counted, and starts anew; ZooKeeper's <c>srst</c>.</summary>
    public void Reset()
    {
        Volatile.Write(ref _received, 0);
        Volatile.Write(ref _sent, 0);
        Volatile.Write(ref _bytesReceived, 0);
        lock (_lock)
        {
            (_measured, _totalTicks, _leastTicks, _mostTicks) = (0, 0, long.MaxValue, 0);
            (_bytesAnswered, _lastAnswer, _leastAnswer, _mostAnswer) = (0, -1, -1, -1);
            ReadTimes.Reset();
            WriteTimes.Reset();
        }
        foreach (var counter in (Counter[])[
            ConnectRequests, Reattachments, RejectedConnections, EndedConnections, SilentConnections, FailedAuthentications,
            FailedHandshakes, RejectedHandshakes, RejectedLargeRequests, Throttles])
        {
            counter.Reset();
        }
    }

    private static long Milliseconds(long ticks) => ticks * 1000 / Stopwatch.Frequency;
}
