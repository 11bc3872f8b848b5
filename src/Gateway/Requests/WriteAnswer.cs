using Coordination.Engine;
using Coordination.Engine.Requests;
using Coordination.Protocol;

namespace Coordination.Gateway.Requests;

/// <summary>Encodes the answers to writes.</summary>
internal static class WriteAnswer
{
    // Of a write that was not even judged, was before, or that ZooKeeper trips over: what its operations came to is not known.
    private static bool IsOfTheWhole(in WriteOutcome outcome) => outcome.Error is ErrorCode.SessionExpired
        or ErrorCode.SessionMoved or ErrorCode.SystemError or ErrorCode.ConnectionLoss or ErrorCode.LimitExceeded
        or ErrorCode.MarshallingError
        || (outcome.IsRepeat && outcome.Error != ErrorCode.Ok);

    public static void WriteFrame(JuteBuffer buffer, int xid, WriteOperation operation, in WriteOutcome outcome)
    {
        int start = buffer.Length;
        buffer.WriteInt(0);
        // A multi's header never tells of an error: its results do.
        bool isMulti = operation is MultiOperation && !IsOfTheWhole(outcome);
        new ReplyHeader(xid, outcome.Zxid, isMulti ? ErrorCode.Ok : outcome.Error).Write(buffer);
        if (operation is DeleteTreeOperation && outcome.Error == ErrorCode.Ok)
            buffer.WriteInt(outcome.Results.Length);
        else if (isMulti)
            WriteMulti(buffer, (MultiOperation)operation, outcome);
        else if (outcome.Error == ErrorCode.Ok && !outcome.Results.IsEmpty)
            WriteResult(buffer, operation, outcome.Results[0]);
        buffer.WriteIntAt(start, buffer.Length - start - 4);
    }

    private static void WriteResult(JuteBuffer buffer, WriteOperation operation, in ChangeResult result)
    {
        switch (operation)
        {
            case CreateOperation create:
                buffer.WriteBuffer(result.Path.Span);
                if (create.ReturnsStat)
                    result.Stat.Write(buffer);
                break;
            case SetDataOperation or SetAclOperation:
                result.Stat.Write(buffer);
                break;
        }
    }

    private static void WriteMulti(JuteBuffer buffer, MultiOperation multi, in WriteOutcome outcome)
    {
        int change = 0;
        for (int i = 0; i < multi.Operations.Length; i++)
        {
            var operation = multi.Operations[i];
            if (outcome.Error != ErrorCode.Ok)
            {
                var error = i < outcome.FailedOperation ? ErrorCode.Ok
                    : i == outcome.FailedOperation ? outcome.Error
                    : ErrorCode.RuntimeInconsistency;
                WriteMultiHeader(buffer, OperationCode.Error, done: false, (int)error);
                buffer.WriteInt((int)error);
                continue;
            }
            WriteMultiHeader(buffer, CodeOf(operation), done: false, 0);
            if (operation is not CheckOperation)
                WriteResult(buffer, operation, outcome.Results[change++]);
        }
        WriteMultiHeader(buffer, OperationCode.Error, done: true, -1);
    }

    /// <summary>What stands before each result of a multi or a multiRead, and behind the last.</summary>
    internal static void WriteMultiHeader(JuteBuffer buffer, OperationCode operation, bool done, int error)
    {
        buffer.WriteInt((int)operation);
        buffer.WriteBool(done);
        buffer.WriteInt(error);
    }

    private static OperationCode CodeOf(WriteOperation operation) => operation switch
    {
        CreateOperation { ReturnsStat: true } => OperationCode.Create2,
        CreateOperation => OperationCode.Create,
        DeleteOperation => OperationCode.Delete,
        SetDataOperation => OperationCode.SetData,
        SetAclOperation => OperationCode.SetAcl,
        CheckOperation { Czxid: not null } => OperationCode.CheckHeld,
        CheckOperation => OperationCode.Check,
        _ => throw new ArgumentException($"{operation.GetType().Name} in a multi", nameof(operation)),
    };
}
