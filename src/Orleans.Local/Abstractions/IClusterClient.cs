namespace Orleans;

/// <summary>
/// The grains as a client of the cluster sees them; in one process, no more than <see cref="IGrainFactory"/>.
/// </summary>
public interface IClusterClient : IGrainFactory
{
    /// <summary>Gets the services of the client.</summary>
    IServiceProvider ServiceProvider { get; }
}
