using System.Collections.Concurrent;
using Coordination.Grains;
using Coordination.Grains.Messages;

namespace Coordination.Cluster.Tests.Packages;

/// <summary>Looks for each znode that it hears of, at once.</summary>
internal sealed class EventReader(GrainSession session) : IZnodeObserver
{
    private readonly ConcurrentQueue<string> _missing = new();
    private int _read;

    /// <summary>How many were looked for.</summary>
    public int Read => Volatile.Read(ref _read);

    /// <summary>Those that were not there.</summary>
    public IReadOnlyCollection<string> Missing => _missing;

    public async Task ZnodeChangedAsync(ZnodeEvent znodeEvent)
    {
        if (await session.Znode(znodeEvent.Path).ExistsAsync() is null)
            _missing.Enqueue(znodeEvent.Path);
        Interlocked.Increment(ref _read);
    }
}
