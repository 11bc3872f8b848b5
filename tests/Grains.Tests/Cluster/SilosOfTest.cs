using System.Collections.Concurrent;
using Coordination.Storage;

namespace Coordination.Grains.Tests.Cluster;

/// <summary>The silos of a cluster, of which the test says who is entered, and whose heart beats.</summary>
internal sealed class SilosOfTest(Guid self) : ISiloTable
{
    private readonly ConcurrentDictionary<Guid, long> _heartbeats = new([KeyValuePair.Create(self, 0L)]);
    private int _beats;

    /// <summary>How often this silo has beaten.</summary>
    public int Beats => Volatile.Read(ref _beats);

    public void Enter(Guid silo) => _heartbeats[silo] = 0;

    public void Beat(Guid silo) => _heartbeats[silo]++;

    public bool IsEntered(Guid silo) => _heartbeats.ContainsKey(silo);

    public Task<int> EnterAsync(SiloEntry entry, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<bool> BeatAsync(Guid identity, CancellationToken cancellationToken)
    {
        Beat(identity);
        Interlocked.Increment(ref _beats);
        return Task.FromResult(true);
    }

    public Task<IReadOnlyList<SiloRecord>> ReadAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<SiloRecord>>([.. _heartbeats.Select(RecordOf)]);

    public Task LeaveAsync(Guid identity, CancellationToken cancellationToken)
    {
        _heartbeats.TryRemove(identity, out _);
        return Task.CompletedTask;
    }

    public Task<bool> RemoveAsync(SiloRecord silo, CancellationToken cancellationToken) =>
        Task.FromResult(_heartbeats.TryRemove(KeyValuePair.Create(silo.Identity, silo.Heartbeat)));

    private static SiloRecord RecordOf(KeyValuePair<Guid, long> silo, int place) =>
        new(new SiloEntry(silo.Key, $"silo{place}:2181", SiloRole.Participant, 1), place + 1, place, silo.Value);
}
