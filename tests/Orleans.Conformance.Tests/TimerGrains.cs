using Orleans.Concurrency;
using Orleans.Conformance.Hosting;
using Orleans.Runtime;

namespace Orleans.Conformance;

internal interface ITimerGrain : IGrainWithStringKey
{
    /// <summary>Starts a timer whose ticks are noted.</summary>
    Task Start(TimeSpan due, TimeSpan period);

    /// <summary>
    /// Starts a timer whose ticks are noted when they start, wait at a gate, and are noted when they end.
    /// </summary>
    Task StartHeld(TimeSpan due, TimeSpan period, bool interleave);

    Task StartFailing(TimeSpan due, TimeSpan period);

    Task StartKeepAlive(TimeSpan due, TimeSpan period);

    Task Change(TimeSpan due, TimeSpan period);

    Task Stop();

    Task Leave();

    Task Hold();

    Task Pass();

    [AlwaysInterleave]
    Task PassBy();
}

internal sealed class TimerGrain(Probe probe) : Grain, ITimerGrain
{
    private int _ticks;
    private IGrainTimer? _timer;
    private bool _isWatching;

    private string Key => this.GetPrimaryKeyString();

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        probe.Note(Key + "/left", reason.ReasonCode.ToString());
        return Task.CompletedTask;
    }

    public Task Start(TimeSpan due, TimeSpan period)
    {
        _timer = this.RegisterGrainTimer(
            (state, token) =>
            {
                WatchDisposal(token);
                probe.Note(Key, $"{state} {++_ticks}");
                return Task.CompletedTask;
            },
            "tick",
            due,
            period);
        return Task.CompletedTask;
    }

    public Task StartHeld(TimeSpan due, TimeSpan period, bool interleave)
    {
        async Task TickAsync()
        {
            int tick = ++_ticks;
            probe.Note(Key, $"tick {tick} starts");
            await probe.Gate($"{Key}/tick {tick}");
            probe.Note(Key, $"tick {tick} ends");
        }

        _timer = this.RegisterGrainTimer(
            TickAsync, new GrainTimerCreationOptions(due, period) { Interleave = interleave });
        return Task.CompletedTask;
    }

    public Task StartFailing(TimeSpan due, TimeSpan period)
    {
        _timer = this.RegisterGrainTimer(
            () =>
            {
                probe.Note(Key, $"tick {++_ticks}");
                throw new InvalidDataException("a tick fails");
            },
            due,
            period);
        return Task.CompletedTask;
    }

    public Task StartKeepAlive(TimeSpan due, TimeSpan period)
    {
        _timer = this.RegisterGrainTimer(
            _ =>
            {
                probe.Note(Key, $"tick {++_ticks}");
                return Task.CompletedTask;
            },
            new GrainTimerCreationOptions { DueTime = due, Period = period, KeepAlive = true });
        return Task.CompletedTask;
    }

    public Task Change(TimeSpan due, TimeSpan period)
    {
        _timer!.Change(due, period);
        return Task.CompletedTask;
    }

    public Task Stop()
    {
        _timer!.Dispose();
        return Task.CompletedTask;
    }

    public Task Leave()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public async Task Hold()
    {
        probe.Note(Key, "call starts");
        await probe.Gate($"{Key}/call");
        probe.Note(Key, "call ends");
    }

    public Task Pass() => Task.CompletedTask;

    public Task PassBy() => Task.CompletedTask;

    private void WatchDisposal(CancellationToken token)
    {
        if (_isWatching) return;
        _isWatching = true;
        string key = Key;
        token.Register(() => probe.Note(key + "/disposed", "disposed"));
    }
}
