using Coordination.Engine.Requests;

namespace Coordination.Gateway.Requests;

/// <summary>A write that a connection waits for.</summary>
internal sealed class ConnectionWrite(SessionConnection connection, Caller caller, WriteOperation operation, int xid, long readAt)
    : WriteRequest(caller, operation, xid)
{
    public long ReadAt { get; } = readAt;

    public override void Complete(in WriteOutcome outcome) => connection.Complete(this, outcome);
}
