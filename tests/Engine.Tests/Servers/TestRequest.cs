using Coordination.Engine.Requests;

namespace Coordination.Engine.Tests.Servers;

/// <summary>A write whose verdict is looked at where it is validated.</summary>
internal sealed class TestRequest(Caller caller, WriteOperation operation, int cxid = 0)
    : WriteRequest(caller, operation, cxid)
{
    public override void Complete(in WriteOutcome outcome)
    {
    }
}
