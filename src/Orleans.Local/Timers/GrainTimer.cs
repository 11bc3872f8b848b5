using Microsoft.Extensions.Logging;
using Orleans.Activations;
using Orleans.Calls;
using Orleans.Runtime;

namespace Orleans.Timers;

/// <summary>
/// A timer of a grain, and at the same time the request that is its tick: there is never more than one tick of it
/// under way, since the next is due only after the last is done.
/// </summary>
internal sealed class GrainTimer : Request, IGrainTimer
{
    private const long MaxMilliseconds = 0xfffffffe;

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _disposal = new();
    private readonly Activation _activation;
    private readonly Func<CancellationToken, Task> _callback;
    private readonly ITimer _timer;
    private TimeSpan _next;
    private TimeSpan _period;
    private bool _isTicking;
    private volatile bool _isDisposed;

    private GrainTimer(
        Activation activation, Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
        : base(TraitsOf(options))
    {
        _activation = activation;
        _callback = callback;
        _next = options.DueTime;
        _period = options.Period;
        using (ExecutionContext.SuppressFlow())
        {
            _timer = activation.Silo.Time.CreateTimer(
                static self => ((GrainTimer)self!).OnDue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    public override bool IsAbandoned => _isDisposed;

    public static GrainTimer Start(
        Activation activation, Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        Validate(options.DueTime, options.Period);
        var timer = new GrainTimer(activation, callback, options);
        if (activation.TryAdd(timer)) timer.Change(options.DueTime, options.Period);
        else timer.Dispose();
        return timer;
    }

    public void Change(TimeSpan dueTime, TimeSpan period)
    {
        Validate(dueTime, period);
        lock (_lock)
        {
            if (_isDisposed) return;
            _next = dueTime;
            _period = period;
            if (!_isTicking) _timer.Change(dueTime, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            if (_isDisposed) return;
            _isDisposed = true;
        }

        _timer.Dispose();
        _activation.Remove(this);
        try
        {
            _disposal.Cancel();
        }
        catch (AggregateException exception)
        {
            _activation.Silo.Log.LogWarning(exception, "Cancelling a timer's tick in {Grain} failed.", _activation.Id);
        }
    }

    public override async Task InvokeAsync(object target)
    {
        lock (_lock) _next = _period;
        try
        {
            await _callback(_disposal.Token);
        }
        catch (Exception exception)
        {
            _activation.Silo.Log.LogWarning(exception, "A timer's tick in {Grain} failed.", _activation.Id);
        }

        lock (_lock)
        {
            _isTicking = false;
            if (!_isDisposed) _timer.Change(_next, Timeout.InfiniteTimeSpan);
        }
    }

    public override void Reject(Exception reason)
    {
        // A tick that its activation can no longer take is of no use to anyone.
    }

    private static RequestTraits TraitsOf(GrainTimerCreationOptions options) =>
        RequestTraits.Local
        | (options.Interleave ? RequestTraits.AlwaysInterleave : RequestTraits.None)
        | (options.KeepAlive ? RequestTraits.None : RequestTraits.Idle);

    private static void Validate(TimeSpan dueTime, TimeSpan period)
    {
        Validate(dueTime, nameof(dueTime));
        Validate(period, nameof(period));
    }

    private static void Validate(TimeSpan span, string name)
    {
        long milliseconds = (long)span.TotalMilliseconds;
        ArgumentOutOfRangeException.ThrowIfLessThan(milliseconds, -1, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(milliseconds, MaxMilliseconds, name);
    }

    private void OnDue()
    {
        lock (_lock)
        {
            // A change just before this may have armed the timer again while a tick waits for its turn.
            if (_isDisposed || _isTicking) return;
            _isTicking = true;
        }

        _activation.TryEnqueue(this);
    }
}
