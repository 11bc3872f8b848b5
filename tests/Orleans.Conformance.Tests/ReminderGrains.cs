using Orleans.Conformance.Hosting;
using Orleans.Runtime;

namespace Orleans.Conformance;

internal interface IReminderGrain : IGrainWithStringKey
{
    Task Register(string name, TimeSpan due, TimeSpan period);

    Task<bool> Unregister(string name);

    Task<string?> Find(string name);

    /// <summary>Registers a reminder twice and ends it by the handle of the first time.</summary>
    Task UnregisterStale(string name, TimeSpan period);

    Task Leave();
}

internal interface IUnremindableGrain : IGrainWithStringKey
{
    Task Register();
}

internal sealed class ReminderGrain(Probe probe) : Grain, IReminderGrain, IRemindable
{
    private string Key => this.GetPrimaryKeyString();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        probe.Note(Key + "/life", "activated");
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        probe.Note(Key + "/life", "left");
        return Task.CompletedTask;
    }

    public Task Register(string name, TimeSpan due, TimeSpan period) =>
        this.RegisterOrUpdateReminder(name, due, period);

    public async Task<bool> Unregister(string name)
    {
        IGrainReminder? reminder = await this.GetReminder(name);
        if (reminder is null) return false;
        await this.UnregisterReminder(reminder);
        return true;
    }

    public async Task<string?> Find(string name) => (await this.GetReminder(name))?.ReminderName;

    public async Task UnregisterStale(string name, TimeSpan period)
    {
        IGrainReminder first = await this.RegisterOrUpdateReminder(name, period, period);
        await this.RegisterOrUpdateReminder(name, period, period);
        await this.UnregisterReminder(first);
    }

    public Task Leave()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        // A tick may come late where time is not the test's; too early none may come.
        double sinceFirst = (status.CurrentTickTime - status.FirstTickTime).TotalSeconds + 0.1;
        double period = status.Period.TotalSeconds;
        probe.Note(Key, $"{reminderName} +{Math.Floor(sinceFirst / period) * period}s every {period}s");
        if (reminderName == "fails") throw new InvalidDataException("a reminder fails");
        return Task.CompletedTask;
    }
}

internal sealed class UnremindableGrain : Grain, IUnremindableGrain
{
    public Task Register() => this.RegisterOrUpdateReminder("name", TimeSpan.Zero, TimeSpan.FromMinutes(1));
}
