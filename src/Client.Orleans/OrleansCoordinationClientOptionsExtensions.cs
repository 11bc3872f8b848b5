using Coordination.Grains;
using Orleans;

namespace Coordination.Client;

/// <summary>Has a client speak to silos through their grains.</summary>
public static class OrleansCoordinationClientOptionsExtensions
{
    /// <summary>The same options, but for connections through grains in place of TCP: what a client can do, and what it is
    /// promised, is the same.</summary>
    /// <param name="options">The options. Of the connection string only the root counts: <c>/</c>, or <c>/taier</c>.</param>
    /// <param name="grains">An <c>IClusterClient</c>; or, in a silo's process, the silo's own factory. It must serve calls
    /// for as long as the client is in use.</param>
    /// <remarks>No one has an address here: no ACL of the scheme <c>ip</c> lets such a client in.</remarks>
    public static CoordinationClientOptions UseOrleans(this CoordinationClientOptions options, IGrainFactory grains)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(grains);
        return options with { Transport = new GrainTransport(connection => grains.GetGrain<IConnectionGrain>(connection)) };
    }
}
