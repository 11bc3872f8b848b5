using Orleans.Conformance.Hosting;

namespace Orleans.Conformance;

internal interface IActivationGrain : IGrainWithStringKey
{
    Task<int> Hit();
}

internal interface IFailingGrain : IGrainWithStringKey
{
    Task<string> Call();
}

internal interface IBrokenConstructorGrain : IGrainWithStringKey
{
    Task Call();
}

internal interface IInjectedGrain : IGrainWithStringKey
{
    Task<bool> ScopeIsShared(string key);

    Task Leave();
}

internal sealed class ActivationGrain : Grain, IActivationGrain
{
    private readonly Probe _probe;
    private int _hits;

    public ActivationGrain(Probe probe)
    {
        _probe = probe;
        _probe.Note(this.GetPrimaryKeyString(), "constructed");
    }

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        string key = this.GetPrimaryKeyString();
        _probe.Note(key, "activating");
        if (key.StartsWith("held", StringComparison.Ordinal)) await _probe.Gate(key);
        _probe.Note(key, "activated");
    }

    public Task<int> Hit()
    {
        _probe.Note(this.GetPrimaryKeyString(), "hit");
        return Task.FromResult(++_hits);
    }
}

/// <summary>Fails to activate the first time.</summary>
internal sealed class FailingGrain(Probe probe) : Grain, IFailingGrain
{
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        string key = this.GetPrimaryKeyString();
        probe.Note(key, "activating");
        if (probe.Notes(key).Length > 1) return;
        await probe.Gate(key);
        throw new InvalidDataException("cannot activate");
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        probe.Note(this.GetPrimaryKeyString() + "/left", reason.ReasonCode.ToString());
        return Task.CompletedTask;
    }

    public Task<string> Call() => Task.FromResult("served");
}

internal sealed class BrokenConstructorGrain : Grain, IBrokenConstructorGrain
{
    public BrokenConstructorGrain() => throw new InvalidDataException("cannot be constructed");

    public Task Call() => Task.CompletedTask;
}

internal sealed class InjectedGrain(ScopedService scoped, Probe probe) : Grain, IInjectedGrain
{
    public static readonly System.Collections.Concurrent.ConcurrentDictionary<string, ScopedService> Seen = new();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Seen[this.GetPrimaryKeyString()] = scoped;
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        probe.Note(this.GetPrimaryKeyString(), scoped.IsDisposed ? "disposed too early" : "left");
        return Task.CompletedTask;
    }

    public Task<bool> ScopeIsShared(string key) => Task.FromResult(ReferenceEquals(Seen[key], scoped)
        && ReferenceEquals(ServiceProvider.GetService(typeof(ScopedService)), scoped));

    public Task Leave()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }
}
