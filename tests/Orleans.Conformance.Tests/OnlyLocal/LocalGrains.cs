using Orleans.Runtime;

namespace Orleans.Conformance.OnlyLocal;

internal interface IRestlessGrain : IGrainWithStringKey
{
    Task Nothing();
}

internal interface ISynchronousGrain : IGrainWithStringKey
{
    int Number();
}

internal interface IPromptGrain : IGrainWithStringKey
{
    Task<TickStatus> Remind();
}

/// <summary>Leaves whenever it is activated.</summary>
internal sealed class RestlessGrain : Grain, IRestlessGrain
{
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task Nothing() => Task.CompletedTask;
}

internal sealed class SynchronousGrain : Grain, ISynchronousGrain
{
    public int Number() => 1;
}

[Orleans.Concurrency.Reentrant]
internal sealed class PromptGrain : Grain, IPromptGrain, IRemindable
{
    private readonly TaskCompletionSource<TickStatus> _tick = new();

    public async Task<TickStatus> Remind()
    {
        await this.RegisterOrUpdateReminder("prompt", TimeSpan.Zero, TimeSpan.FromMinutes(1));
        return await _tick.Task;
    }

    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        _tick.SetResult(status);
        return Task.CompletedTask;
    }
}
