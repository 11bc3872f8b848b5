using Orleans.Services;

namespace Coordination.Silo.Flavours;

/// <summary>What a silo tells the others of itself. Asked by a silo's address: neither a table nor a directory is needed.</summary>
public interface IServingService : IGrainService
{
    /// <summary>Whether the silo serves clients, and reaches the log.</summary>
    Task<bool> ServesAsync();
}
