namespace Orleans.Calls;

/// <summary>
/// The calls under way that wait equally long, oldest first, and one timer for the first of them. So a call costs two
/// list operations, not a timer.
/// </summary>
internal sealed class ResponseTimeouts : IDisposable
{
    private static readonly TimeSpan TimerGrain = TimeSpan.FromMilliseconds(1);

    private readonly Lock _lock = new();
    private readonly TimeSpan _limit;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly long _limitInTimestamps;
    private AwaitedCall? _oldest;
    private AwaitedCall? _newest;
    private bool _armed;

    public ResponseTimeouts(TimeSpan limit, TimeProvider time)
    {
        _limit = limit;
        _time = time;
        _limitInTimestamps = (long)(limit.TotalSeconds * time.TimestampFrequency);
        using (ExecutionContext.SuppressFlow())
        {
            _timer = time.CreateTimer(
                static self => ((ResponseTimeouts)self!).Expire(),
                this,
                Timeout.InfiniteTimeSpan,
                Timeout.InfiniteTimeSpan);
        }
    }

    public void Add(AwaitedCall call)
    {
        call.Deadline = _time.GetTimestamp() + _limitInTimestamps;
        lock (_lock)
        {
            call.IsListed = true;
            call.Older = _newest;
            if (_newest is null) _oldest = call;
            else _newest.Newer = call;
            _newest = call;
            if (_armed) return;
            _armed = true;
            _timer.Change(_limit, Timeout.InfiniteTimeSpan);
        }
    }

    public void Remove(AwaitedCall call)
    {
        lock (_lock)
        {
            if (!call.IsListed) return;
            call.IsListed = false;
            if (call.Older is null) _oldest = call.Newer;
            else call.Older.Newer = call.Newer;
            if (call.Newer is null) _newest = call.Older;
            else call.Newer.Older = call.Older;
            call.Older = call.Newer = null;
        }
    }

    /// <summary>Ends all calls under way.</summary>
    public void RejectAll(Exception reason)
    {
        while (true)
        {
            AwaitedCall? call;
            lock (_lock) call = _oldest;
            if (call is null) return;
            Remove(call);
            call.Reject(reason);
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Expire()
    {
        while (true)
        {
            AwaitedCall? call;
            lock (_lock)
            {
                call = _oldest;
                if (call is null)
                {
                    _armed = false;
                    return;
                }

                TimeSpan remaining = _time.GetElapsedTime(_time.GetTimestamp(), call.Deadline);
                if (remaining > TimeSpan.Zero)
                {
                    _timer.Change(remaining < TimerGrain ? TimerGrain : remaining, Timeout.InfiniteTimeSpan);
                    return;
                }
            }

            Remove(call);
            call.TimeOut(_limit);
        }
    }
}
