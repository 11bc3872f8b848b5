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

    /// <inheritdoc/>
    public Task<IReadOnlyList<SiloRecord>> ReadAsync(CancellationToken cancellationToken) =>
        link.CallAsync(null, () => (IReadOnlyList<SiloRecord>)[.. database.Silos], cancellationToken: cancellationToken).AsTask();

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
