using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans.Activations;
using Orleans.Calls;
using Orleans.Hosting;
using Orleans.References;
using Orleans.Reminders;
using Orleans.Runtime;

namespace Orleans;

/// <summary>The runtime: which grains are active, and the way of a request to them.</summary>
internal sealed class LocalSilo : IHostedService, IDisposable
{
    // A request can come upon an activation that is on its way out; not time and again, though, unless the grain
    // deactivates itself whenever it is activated.
    private const int MaxForwards = 32;

    private readonly ConcurrentDictionary<GrainId, Activation> _directory = new();
    private readonly ConcurrentDictionary<Type, GrainInterface> _interfaces = new();
    private readonly Dictionary<TimeSpan, ResponseTimeouts> _timeouts = [];
    private ITimer? _collector;
    private volatile Phase _phase;

    public LocalSilo(IServiceProvider services, IOptions<LocalOrleansOptions> options, TimeProvider time)
    {
        Options = options.Value;
        Options.Validate();
        Services = services;
        Time = time;
        Log = services.GetService<ILoggerFactory>()?.CreateLogger("Orleans") ?? NullLogger.Instance;
        Classes = new GrainClasses(Options.GrainAssemblies);
        Factory = new LocalGrainFactory(this, services);
        Reminders = new ReminderService(this);
    }

    private enum Phase
    {
        NotStarted,
        Running,
        Stopping,
        Stopped,
    }

    public LocalOrleansOptions Options { get; }

    public IServiceProvider Services { get; }

    public TimeProvider Time { get; }

    public ILogger Log { get; }

    public GrainClasses Classes { get; }

    public LocalGrainFactory Factory { get; }

    public ReminderService Reminders { get; }

    public GrainInterface InterfaceOf(Type type) =>
        _interfaces.GetOrAdd(type, static (key, self) => new GrainInterface(key, self), this);

    public ResponseTimeouts TimeoutsFor(TimeSpan limit)
    {
        lock (_timeouts)
        {
            if (!_timeouts.TryGetValue(limit, out ResponseTimeouts? timeouts))
                _timeouts.Add(limit, timeouts = new ResponseTimeouts(limit, Time));
            return timeouts;
        }
    }

    public LimitExceededException Overloaded(int count, string what)
    {
        int limit = Options.MaxEnqueuedRequestsHardLimit;
        return new(nameof(LocalOrleansOptions.MaxEnqueuedRequestsHardLimit), count, limit, what);
    }

    /// <summary>Brings a request to its grain, which is activated if need be.</summary>
    public void Send(GrainId id, Request request)
    {
        while (true)
        {
            Phase phase = _phase;
            if (phase is Phase.NotStarted or Phase.Stopped || !TryGetActivation(id, phase, out Activation? activation))
            {
                request.Reject(new SiloUnavailableException($"No call to {id} is served: the silo is {phase}."));
                return;
            }

            if (activation.TryEnqueue(request)) return;
        }
    }

    /// <summary>Sends a request on whose activation went away before the request's turn came.</summary>
    public void Forward(GrainId id, Request request)
    {
        request.Forwards++;
        if (request.Forwards <= MaxForwards)
        {
            Send(id, request);
            return;
        }

        request.Reject(new OrleansMessageRejectionException(
            $"Forwarding failed: {id} was deactivated {MaxForwards} times before it came to the request."));
    }

    public void Remove(Activation activation) => _directory.TryRemove(KeyValuePair.Create(activation.Id, activation));

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (_phase != Phase.NotStarted) throw new InvalidOperationException("The silo was started before.");
        _phase = Phase.Running;
        _collector = Time.CreateTimer(
            static self => ((LocalSilo)self!).CollectIdle(),
            this,
            Options.CollectionQuantum,
            Options.CollectionQuantum);
        Reminders.Start();
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_phase != Phase.Running) return;
        _phase = Phase.Stopping;
        _collector?.Dispose();
        Reminders.StopTicks();
        using var timeout = new CancellationTokenSource(Options.ShutdownTimeout, Time);
        using var cutoff = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        Activation[] active = [.. _directory.Values];
        foreach (Activation activation in active)
            activation.Deactivate(ShutDown(), cutoff.Token);
        try
        {
            await Task.WhenAll(active.Select(static activation => activation.Deactivated)).WaitAsync(cutoff.Token);
        }
        catch (OperationCanceledException)
        {
            Log.LogWarning("{Count} grains were still active when the time to stop was over.", _directory.Count);
        }

        _phase = Phase.Stopped;
        ResponseTimeouts[] timeouts;
        lock (_timeouts) timeouts = [.. _timeouts.Values];
        foreach (ResponseTimeouts waiting in timeouts)
            waiting.RejectAll(new SiloUnavailableException("The silo stopped before the request was completed."));
        await Reminders.CloseAsync(cancellationToken);
    }

    public void Dispose()
    {
        _phase = Phase.Stopped;
        _collector?.Dispose();
        Reminders.Dispose();
        lock (_timeouts)
        {
            foreach (ResponseTimeouts timeouts in _timeouts.Values) timeouts.Dispose();
        }
    }

    private static DeactivationReason ShutDown() =>
        new(DeactivationReasonCode.ShuttingDown, "The silo is shutting down.");

    private bool TryGetActivation(
        GrainId id, Phase phase, [NotNullWhen(true)] out Activation? activation)
    {
        if (_directory.TryGetValue(id, out activation)) return true;
        if (phase != Phase.Running) return false;
        if (!Classes.TryGet(id.Type, out GrainClass? type))
            throw new ArgumentException($"There is no grain class for {id}.");
        activation = _directory.GetOrAdd(
            id, static (key, made) => new Activation(made.Silo, made.Type, key), (Silo: this, Type: type));

        // A stop that began meanwhile may have missed it.
        if (_phase != Phase.Running) activation.Deactivate(ShutDown());
        return true;
    }

    private void CollectIdle()
    {
        foreach ((_, Activation activation) in _directory)
            activation.CollectIfIdle(Options.CollectionAge);
    }
}
