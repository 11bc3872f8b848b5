using System.Collections.Concurrent;
using Coordination.Grains;
using Coordination.Grains.Messages;

namespace Coordination.Cluster.Tests.Packages;

/// <summary>Keeps the events that it hears of.</summary>
internal sealed class EventRecorder : IZnodeObserver
{
    private readonly ConcurrentQueue<ZnodeEvent> _events = new();

    public IReadOnlyList<ZnodeEvent> Events => [.. _events];

    public Task ZnodeChangedAsync(ZnodeEvent znodeEvent)
    {
        _events.Enqueue(znodeEvent);
        return Task.CompletedTask;
    }
}
