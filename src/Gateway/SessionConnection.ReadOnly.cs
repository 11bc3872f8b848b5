using Coordination.Gateway.Requests;
using Coordination.Gateway.Serving;
using Coordination.Protocol;

namespace Coordination.Gateway;

/// <content>A session that is served read-only: reads and watches as ever, and nothing that the log would have to take.</content>
internal sealed partial class SessionConnection
{
    private readonly ReadOnlySession? _readOnlySession;

    /// <summary>Whether the client is served no more than reads.</summary>
    public bool IsReadOnly => _readOnlySession is not null;

    // ZooKeeper refuses the same ones; closing a session of the log is a write, too.
    private bool IsRefusedReadOnly(OperationCode operation) =>
        WriteDecoder.IsWrite(operation)
        || operation is OperationCode.Sync or OperationCode.Reconfig or OperationCode.Check
            or OperationCode.WatchFrom
        || (operation == OperationCode.CloseSession && !_readOnlySession!.IsLocal);

    private Step RefuseReadOnly(int xid)
    {
        HeaderFrame.Write(_outbox.Buffer, xid, _services.Replica.State.LastZxid, ErrorCode.NotReadOnly);
        return Step.GoOn;
    }
}
