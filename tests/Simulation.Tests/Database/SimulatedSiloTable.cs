using Coordination.Storage;

namespace Coordination.Simulation.Tests.Database;

/// <summary>The table of silos as a silo has it.</summary>
internal sealed class SimulatedSiloTable(SimulatedDatabase database, DatabaseLink link) : ISiloTable
{
    /// <inheritdoc/>
    public Task<int> EnterAsync(SiloEntry entry, CancellationToken cancellationToken) =>
        link.CallAsync("entering", () => database.Enter(entry)).AsTask();

    /// <inheritdoc/>
    public Task<bool> BeatAsync(Guid identity, CancellationToken cancellationToken) =>
        link.CallAsync(null, () => database.Beat(identity), cancellationToken: cancellationToken).AsTask();

    /// <summary>When the database was last asked who is entered, and answered.</summary>
    public TimeSpan LookedAt { get; private set; }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SiloRecord>> ReadAsync(CancellationToken cancellationToken)
    {
        var (silos, at) = await link.CallAsync(
            null, () => (database.Silos.ToArray(), database.Now), cancellationToken: cancellationToken);
        LookedAt = at;
        return silos;
    }

    /// <inheritdoc/>
    public Task LeaveAsync(Guid identity, CancellationToken cancellationToken) => link.CallAsync(
        "leaving",
        () =>
        {
            database.Leave(identity);
            return true;
        }).AsTask();

    /// <inheritdoc/>
    public Task<bool> RemoveAsync(SiloRecord silo, CancellationToken cancellationToken) =>
        link.CallAsync("removing a silo", () => database.Remove(silo), cancellationToken: cancellationToken).AsTask();
}
