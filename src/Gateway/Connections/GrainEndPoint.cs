using System.Net;

namespace Coordination.Gateway.Connections;

/// <summary>Where a connection comes from that comes through a grain: nobody knows its client's address.</summary>
internal sealed class GrainEndPoint(Guid connection) : EndPoint
{
    /// <inheritdoc/>
    public override string ToString() => $"grain-{connection:n}";
}
