using Coordination.Engine.Requests;
using Coordination.Simulation.Tests.Connecting;

namespace Coordination.Simulation.Tests.Silos;

/// <summary>A client's write on its way through the pipeline.</summary>
internal sealed class ConnectionWrite(ServedConnection connection, Caller caller, ClientRequest request, TimeSpan heardAt)
    : WriteRequest(caller, request.Operation!, request.Cxid)
{
    public ClientRequest Request => request;

    public TimeSpan HeardAt => heardAt;

    /// <inheritdoc/>
    public override void Complete(in WriteOutcome outcome) => connection.Complete(this, outcome);
}
