using Coordination.Client.Connecting;
using Coordination.Client.Errors;
using Coordination.Client.Transactions;
using Coordination.Protocol;

namespace Coordination.Client.Requests;

/// <summary>Several writes, all or none.</summary>
internal sealed class MultiRequest(
    string chroot, IReadOnlyList<TransactionOperation> operations, ClientSession? onlySession)
    : PendingRequest<IReadOnlyList<TransactionResult>>
{
    internal override string Name => "multi";

    internal override bool IsWrite => true;

    internal override OperationCode Operation => OperationCode.Multi;

    internal override ClientSession? OnlySession => onlySession;

    internal override int AnswerBytes => operations.Sum(static operation => LeastAnswerBytes + operation.Path.Length);

    protected override void WriteBody(JuteBuffer buffer)
    {
        var extensions = Session?.Extensions ?? ServerExtensions.None;
        foreach (var operation in operations)
            operation.Write(buffer, chroot, extensions);
        MultiHeader.End.Write(buffer);
    }

    protected override IReadOnlyList<TransactionResult> Read(ErrorCode error, ref JuteReader body)
    {
        var results = new List<TransactionResult>(operations.Count);
        for (var header = MultiHeader.Read(ref body); !header.IsDone; header = MultiHeader.Read(ref body))
        {
            if (results.Count == operations.Count)
                throw new MalformedRecordException($"more results than the {operations.Count} operations");
            if (header.Operation == OperationCode.Error)
                throw ReadFailure((ErrorCode)body.ReadInt(), ref body);
            results.Add(ReadResult(header.Operation, ref body));
        }
        if (results.Count != operations.Count)
            throw new MalformedRecordException($"{results.Count} results for {operations.Count} operations");
        return results;
    }

    private TransactionResult ReadResult(OperationCode operation, ref JuteReader body) => operation switch
    {
        OperationCode.Create => new CreateResult(ReadPath(ref body), null),
        OperationCode.Create2 or OperationCode.CreateContainer or OperationCode.CreateTtl =>
            new CreateResult(ReadPath(ref body), Stat.Read(ref body)),
        OperationCode.SetData => new SetDataResult(Stat.Read(ref body)),
        OperationCode.Delete => new DeleteResult(),
        OperationCode.Check or OperationCode.CheckHeld => new CheckResult(),
        _ => throw new MalformedRecordException($"the result of an operation {(int)operation} that was not asked for"),
    };

    private string ReadPath(ref JuteReader body) => ChrootPath.ToClient(chroot, body.ReadString());

    // All results are errors then: Ok before the operation that failed, and RuntimeInconsistency after it.
    private TransactionFailedException ReadFailure(ErrorCode first, ref JuteReader body)
    {
        var error = first;
        for (int i = 0; i < operations.Count; i++)
        {
            if (error is not ErrorCode.Ok)
            {
                var operation = operations[i];
                return new TransactionFailedException(i, operation.FencingToken is { } token && error == ErrorCode.NoNode
                    ? new LockLostException(operation.Path, token)
                    : ServerError.ToException(error, operation.Name, operation.Path, operation.Version));
            }
            var header = MultiHeader.Read(ref body);
            if (header.IsDone || header.Operation != OperationCode.Error)
                break;
            error = (ErrorCode)body.ReadInt();
        }
        throw new MalformedRecordException("a multi that failed, and no operation of it");
    }
}
