namespace Coordination.Storage;

/// <summary>The silos of a cluster, as the database knows them: each counts on while it lives.</summary>
public interface ISiloTable
{
    /// <summary>Enters this life of a silo.</summary>
    /// <returns>Its number, from 1 to 4,000: no other silo that is entered has it.</returns>
    /// <exception cref="LogUnavailableException">The database cannot do it now.</exception>
    Task<int> EnterAsync(SiloEntry entry, CancellationToken cancellationToken);

    /// <summary>Counts this silo's heartbeat on.</summary>
    /// <returns>False when the silo is not entered any more: others took it for dead.</returns>
    /// <exception cref="LogUnavailableException">The database cannot do it now.</exception>
    Task<bool> BeatAsync(Guid identity, CancellationToken cancellationToken);

    /// <summary>Reads all silos that are entered, in the order of their numbers.</summary>
    /// <exception cref="LogUnavailableException">The database cannot do it now.</exception>
    Task<IReadOnlyList<SiloRecord>> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Takes this silo off: it serves nobody any more.</summary>
    /// <exception cref="LogUnavailableException">The database cannot do it now.</exception>
    Task LeaveAsync(Guid identity, CancellationToken cancellationToken);

    /// <summary>Takes another silo off, unless its heartbeat has moved.</summary>
    /// <returns>False where it has, or where the silo is not entered any more.</returns>
    /// <exception cref="LogUnavailableException">The database cannot do it now.</exception>
    Task<bool> RemoveAsync(SiloRecord silo, CancellationToken cancellationToken);
}
