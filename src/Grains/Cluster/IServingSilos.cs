namespace Coordination.Grains.Cluster;

/// <summary>Asks the other silos of the cluster, by a way that does not lead through the database, whether they serve clients.</summary>
public interface IServingSilos
{
    /// <summary>Whether another silo says that it serves clients and reaches the log. Ends within some seconds.</summary>
    /// <returns>False where none says so, or none can be asked.</returns>
    Task<bool> AnyOtherAsync(CancellationToken cancellationToken);
}
