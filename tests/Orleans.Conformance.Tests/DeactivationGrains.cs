using Orleans.Concurrency;
using Orleans.Conformance.Hosting;

namespace Orleans.Conformance;

internal interface ILeavingGrain : IGrainWithStringKey
{
    /// <summary>Gets which activation it is, counted from 1.</summary>
    Task<int> Life();

    Task Leave();

    Task Stay(TimeSpan time);

    Task Hold();

    [AlwaysInterleave]
    Task LeaveNow();
}

internal sealed class LeavingGrain(Probe probe) : Grain, ILeavingGrain, IDisposable
{
    private int _life;

    private string Key => this.GetPrimaryKeyString();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        probe.Note(Key, "activated");
        _life = probe.Notes(Key).Count(static note => note == "activated");
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        probe.Note(Key, $"leaves: {reason.ReasonCode}");
        if (Key.StartsWith("held", StringComparison.Ordinal)) await probe.Gate($"{Key}/leave");
        if (Key.StartsWith("throws", StringComparison.Ordinal)) throw new InvalidDataException("cannot leave");
        if (Key.StartsWith("stuck", StringComparison.Ordinal)) await Task.Delay(-1, CancellationToken.None);
        probe.Note(Key, "left");
    }

    public void Dispose() => probe.Note(Key, "disposed");

    public Task<int> Life() => Task.FromResult(_life);

    public Task Leave()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task LeaveNow() => Leave();

    public Task Stay(TimeSpan time)
    {
        DelayDeactivation(time);
        return Task.CompletedTask;
    }

    public async Task Hold()
    {
        probe.Note(Key, "held");
        await probe.Gate($"{Key}/hold");
    }
}
