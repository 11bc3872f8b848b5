using Microsoft.Extensions.DependencyInjection;
using Orleans.Calls;
using Orleans.Runtime;

namespace Orleans.Activations;

/// <summary>
/// One activation of a grain: the requests that wait for it, and which of them may run. All that is the grain's own
/// happens in turns of its scheduler; the lock is for what others touch, and nothing is called while it is held.
/// </summary>
internal sealed partial class Activation : IGrainContext
{
    // So that a grain that is called without a break leaves room for its own continuations.
    private const int RequestsPerTurn = 64;

    private readonly Lock _lock = new();
    private readonly TurnScheduler _scheduler;
    private readonly GrainClass _type;
    private Grain? _grain;
    private IServiceScope? _scope;
    private ActivationExtras? _extras;
    private RequestQueue _waiting;
    private int _running;
    private int _runningReaders;
    private int _runningWriters;
    private ActivationState _state;
    private bool _isActivating;
    private long _lastActive;
    private long _keepAliveUntil;

    public Activation(LocalSilo silo, GrainClass type, GrainId id)
    {
        Silo = silo;
        Id = id;
        _type = type;
        _scheduler = new TurnScheduler(this);
    }

    public LocalSilo Silo { get; }

    public GrainId Id { get; }

    GrainId IGrainContext.GrainId => Id;

    public object? GrainInstance => _grain;

    public IServiceProvider ActivationServices
    {
        get
        {
            if (_scope is null) Interlocked.CompareExchange(ref _scope, Silo.Services.CreateScope(), null);
            return _scope.ServiceProvider;
        }
    }

    /// <summary>Takes a request, to be carried out or rejected.</summary>
    /// <returns>False if the activation is no more, so that the request must go to another.</returns>
    public bool TryEnqueue(Request request)
    {
        int count;
        bool overloaded;
        lock (_lock)
        {
            if (_state == ActivationState.Gone) return false;
            count = _running + _waiting.Count;
            overloaded = count > Silo.Options.MaxEnqueuedRequestsHardLimit && !request.Has(RequestTraits.Local);
            if (!overloaded) _waiting.Enqueue(request);
        }

        if (overloaded) request.Reject(Silo.Overloaded(count, ToString()));
        else _scheduler.RequestPump();
        return true;
    }

    /// <summary>Does, in a turn, whatever can be done now.</summary>
    public void Pump()
    {
        if (TryBeginActivation())
        {
            Task activation = ActivateAsync();
            if (!activation.IsCompleted)
            {
                _ = PumpAfterAsync(activation);
                return;
            }
        }

        int started = 0;
        while (started < RequestsPerTurn && TryTakeRunnable() is { } request)
        {
            started++;
            Task done = request.IsAbandoned ? Task.CompletedTask : request.InvokeAsync(_grain!);
            if (done.IsCompleted) Complete(request);
            else _ = CompleteAfterAsync(request, done);
        }

        if (started == RequestsPerTurn) _scheduler.RequestPump();
        if (TryBeginFinishing()) _ = FinishAsync();
    }

    public override string ToString() => $"[Activation: {Id} State={_state}]";

    private async Task PumpAfterAsync(Task earlier)
    {
        await earlier;
        Pump();
    }

    private async Task CompleteAfterAsync(Request request, Task done)
    {
        await done;
        Complete(request);
        Pump();
    }

    private Request? TryTakeRunnable()
    {
        lock (_lock)
        {
            if (!_waiting.TryTake(static (candidate, self) => self.CanRun(candidate), this, out Request? request))
                return null;
            Count(request, 1);
            return request;
        }
    }

    private bool CanRun(Request request)
    {
        // A tick may still come to the aid of requests that were under way when deactivation began.
        if (_state != ActivationState.Valid
            && !(_state == ActivationState.Deactivating && _running > 0 && request.Has(RequestTraits.Local)))
        {
            return false;
        }

        if (_type.IsReentrant || request.Has(RequestTraits.AlwaysInterleave)) return true;
        return _runningWriters == 0 && (_runningReaders == 0 || request.Has(RequestTraits.ReadOnly));
    }

    private void Complete(Request request)
    {
        lock (_lock)
        {
            Count(request, -1);
            if (!request.Has(RequestTraits.Idle)) _lastActive = Silo.Time.GetTimestamp();
        }
    }

    private void Count(Request request, int change)
    {
        _running += change;
        if (request.Has(RequestTraits.AlwaysInterleave)) return;
        if (request.Has(RequestTraits.ReadOnly)) _runningReaders += change;
        else _runningWriters += change;
    }
}
