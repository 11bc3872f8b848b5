using Coordination.Scheduler.Configuration;

namespace Coordination.Scheduler.Working;

/// <summary>Ends an attempt when its time is over, which is as long as the configuration says now.</summary>
internal sealed class Deadline : IDisposable
{
    private readonly Jobs _jobs;
    private readonly string _job;
    private readonly TimeProvider _time;
    private readonly long _startedAt;
    private readonly CancellationTokenSource _over;
    private readonly IDisposable? _following;
    private readonly Lock _gate = new();
    private bool _isDisposed;

    /// <summary>Begins to count.</summary>
    public Deadline(Jobs jobs, string job, TimeProvider time)
    {
        _jobs = jobs;
        _job = job;
        _time = time;
        _startedAt = time.GetTimestamp();
        _over = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        _following = jobs.OnChange(Arm);
        Arm();
    }

    /// <summary>Cancelled when the time is over.</summary>
    public CancellationToken Token => _over.Token;

    public void Dispose()
    {
        _following?.Dispose();
        lock (_gate)
        {
            _isDisposed = true;
            _over.Dispose();
        }
    }

    private void Arm()
    {
        var remaining = TimeSpan.FromSeconds(_jobs.Get(_job).TimeoutSeconds) - _time.GetElapsedTime(_startedAt);
        lock (_gate)
        {
            if (!_isDisposed)
                _over.CancelAfter(remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero);
        }
    }
}
