using Coordination.Client.Errors;
using Coordination.Protocol;

namespace Coordination.Client.Requests;

/// <summary>Several reads of one moment.</summary>
internal sealed class MultiReadRequest(string chroot, IReadOnlyList<(OperationCode Operation, string Path)> reads)
    : PendingRequest<IReadOnlyList<ReadResult>>
{
    internal override string Name => "multiRead";

    internal override OperationCode Operation => OperationCode.MultiRead;

    internal override bool IsRead => true;

    protected override void WriteBody(JuteBuffer buffer)
    {
        foreach (var (operation, path) in reads)
        {
            new MultiHeader(operation, IsDone: false, -1).Write(buffer);
            buffer.WriteString(ChrootPath.ToServer(chroot, path));
            buffer.WriteBool(false);
        }
        MultiHeader.End.Write(buffer);
    }

    protected override IReadOnlyList<ReadResult> Read(ErrorCode error, ref JuteReader body)
    {
        var results = new List<ReadResult>(reads.Count);
        for (var header = MultiHeader.Read(ref body); !header.IsDone; header = MultiHeader.Read(ref body))
        {
            if (results.Count == reads.Count)
                throw new MalformedRecordException($"more results than the {reads.Count} reads");
            results.Add(ReadResult(header.Operation, reads[results.Count].Path, ref body));
        }
        if (results.Count != reads.Count)
            throw new MalformedRecordException($"{results.Count} results for {reads.Count} reads");
        return results;
    }

    private static ReadResult ReadResult(OperationCode operation, string path, ref JuteReader body) => operation switch
    {
        OperationCode.GetData => new DataRead(path, new Znode(body.ReadBufferAsArray(), Stat.Read(ref body))),
        OperationCode.GetChildren => new ChildrenRead(path, GetChildrenRequest.ReadNames(ref body)),
        OperationCode.Error => new ReadFailed(path, ServerError.ToException((ErrorCode)body.ReadInt(), "read", path)),
        _ => throw new MalformedRecordException($"the result of an operation {(int)operation} that was not asked for"),
    };
}
