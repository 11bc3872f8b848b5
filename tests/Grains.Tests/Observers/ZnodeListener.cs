using Coordination.Grains.Messages;

namespace Coordination.Grains.Tests.Observers;

/// <summary>A client that observes a znode.</summary>
internal sealed class ZnodeListener : IZnodeObserver
{
    public Heard<ZnodeEvent> Events { get; } = new();

    /// <summary>Runs when an event comes, before it counts as heard.</summary>
    public Func<ZnodeEvent, Task> OnEvent { get; init; } = _ => Task.CompletedTask;

    public async Task ZnodeChangedAsync(ZnodeEvent znodeEvent)
    {
        await OnEvent(znodeEvent);
        Events.Add(znodeEvent);
    }
}
