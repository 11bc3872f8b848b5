using Microsoft.Extensions.Logging;
using Orleans.Calls;
using Orleans.Timers;

namespace Orleans.Activations;

/// <content>How an activation begins and ends.</content>
internal sealed partial class Activation
{
    public Task Deactivated
    {
        get
        {
            lock (_lock)
                return _state == ActivationState.Gone ? Task.CompletedTask : Extras().Deactivated.Task;
        }
    }

    public void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            if (_state >= ActivationState.Deactivating) return;
            BeginDeactivation(deactivationReason, cancellationToken);
        }

        _scheduler.RequestPump();
    }

    /// <summary>Deactivates the grain if it has had nothing to do for long enough.</summary>
    public void CollectIfIdle(TimeSpan age)
    {
        long now = Silo.Time.GetTimestamp();
        lock (_lock)
        {
            if (_state != ActivationState.Valid || _running > 0 || _waiting.Count > 0 || now < _keepAliveUntil) return;
            if (Silo.Time.GetElapsedTime(_lastActive, now) < age) return;
            BeginDeactivation(new(DeactivationReasonCode.ActivationIdle, "The grain was idle."), default);
        }

        _scheduler.RequestPump();
    }

    public void DelayDeactivation(TimeSpan span)
    {
        long until = 0;
        if (span == Timeout.InfiniteTimeSpan)
        {
            until = long.MaxValue;
        }
        else if (span > TimeSpan.Zero)
        {
            double stamps = Silo.Time.GetTimestamp() + (span.TotalSeconds * Silo.Time.TimestampFrequency);
            until = stamps < long.MaxValue ? (long)stamps : long.MaxValue;
        }

        lock (_lock) _keepAliveUntil = until;
    }

    /// <summary>Takes a timer into those that end with the activation.</summary>
    /// <returns>False if it is too late for timers.</returns>
    public bool TryAdd(GrainTimer timer)
    {
        lock (_lock)
            return _state < ActivationState.Finishing && (Extras().Timers ??= []).Add(timer);
    }

    public void Remove(GrainTimer timer)
    {
        lock (_lock) _extras?.Timers?.Remove(timer);
    }

    private ActivationExtras Extras() => _extras ??= new ActivationExtras();

    private bool TryBeginActivation()
    {
        lock (_lock)
        {
            if (_state != ActivationState.New) return false;
            _state = ActivationState.Activating;
            return _isActivating = true;
        }
    }

    private async Task ActivateAsync()
    {
        Exception? failure = null;
        try
        {
            _grain = _type.Create(this);
            if (_type.HasOnActivate)
            {
                using var timeout = new CancellationTokenSource(Silo.Options.ActivationTimeout, Silo.Time);
                await _grain.OnActivateAsync(timeout.Token).WaitAsync(timeout.Token);
            }
        }
        catch (Exception exception)
        {
            Silo.Log.LogError(exception, "{Grain} could not be activated.", Id);
            failure = exception;
        }

        lock (_lock)
        {
            _isActivating = false;
            _lastActive = Silo.Time.GetTimestamp();
            if (failure is not null)
            {
                Extras().Failure = failure;
                if (_state == ActivationState.Activating)
                {
                    BeginDeactivation(
                        new(DeactivationReasonCode.ActivationFailed, failure, "Failed to activate grain."), default);
                }
            }
            else if (_state == ActivationState.Activating)
            {
                _state = ActivationState.Valid;
            }
        }
    }

    private void BeginDeactivation(DeactivationReason reason, CancellationToken cutoff)
    {
        ActivationExtras extras = Extras();
        extras.Reason = reason;
        extras.Cutoff = cutoff;
        extras.WasValid = _state == ActivationState.Valid;
        _state = ActivationState.Deactivating;
    }

    private bool TryBeginFinishing()
    {
        lock (_lock)
        {
            if (_state != ActivationState.Deactivating || _running > 0 || _isActivating) return false;
            _state = ActivationState.Finishing;
            return true;
        }
    }

    private async Task FinishAsync()
    {
        ActivationExtras extras = _extras!;
        DisposeTimers(extras);
        if (extras.WasValid && _type.HasOnDeactivate) await LeaveAsync(extras);
        await DisposeAsync();

        // Only now may another activation take the place of this one.
        Silo.Remove(this);
        RequestQueue left;
        lock (_lock)
        {
            _state = ActivationState.Gone;
            left = _waiting;
            _waiting = default;
        }

        while (left.TryDequeue(out Request? request))
        {
            if (request.IsAbandoned || request.Has(RequestTraits.Local)) continue;
            if (extras.Failure is not null) request.Reject(extras.Failure);
            else Silo.Forward(Id, request);
        }

        extras.Deactivated.TrySetResult();
    }

    private void DisposeTimers(ActivationExtras extras)
    {
        GrainTimer[] timers;
        lock (_lock)
        {
            timers = extras.Timers is { } set ? [.. set] : [];
            extras.Timers = null;
        }

        foreach (GrainTimer timer in timers) timer.Dispose();
    }

    private async Task LeaveAsync(ActivationExtras extras)
    {
        try
        {
            using var timeout = new CancellationTokenSource(Silo.Options.DeactivationTimeout, Silo.Time);
            using var cutoff = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, extras.Cutoff);
            await _grain!.OnDeactivateAsync(extras.Reason, cutoff.Token).WaitAsync(cutoff.Token);
        }
        catch (Exception exception)
        {
            Silo.Log.LogError(exception, "OnDeactivateAsync of {Grain} failed.", Id);
        }
    }

    private async Task DisposeAsync()
    {
        foreach (object? part in (object?[])[_grain, _scope])
        {
            try
            {
                if (part is IAsyncDisposable asynchronous)
                    await asynchronous.DisposeAsync().AsTask().WaitAsync(Silo.Options.DeactivationTimeout, Silo.Time);
                else
                    (part as IDisposable)?.Dispose();
            }
            catch (Exception exception)
            {
                Silo.Log.LogError(exception, "Disposing of {Grain} failed.", Id);
            }
        }
    }
}
