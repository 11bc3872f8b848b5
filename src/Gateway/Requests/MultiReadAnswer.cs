using Coordination.Engine;
using Coordination.Engine.Tree;
using Coordination.Protocol;

namespace Coordination.Gateway.Requests;

/// <summary>Several reads of one and the same moment: multiRead.</summary>
/// <remarks>As in ZooKeeper only getData and getChildren are among them, they set no watches, and what one of them meets
/// stops none of the others.</remarks>
internal sealed class MultiReadAnswer : LongAnswer
{
    private readonly List<(ZnodeChildren.Snapshot Children, JuteBuffer Behind)> _lists;

    private MultiReadAnswer(int start, List<(ZnodeChildren.Snapshot Children, JuteBuffer Behind)> lists)
        : base(start) => _lists = lists;

    /// <summary>Answers in no more than <paramref name="mostBytes"/>; the caller holds the replica's lock.</summary>
    /// <returns>What is left to be written behind it, where there are long lists; otherwise null.</returns>
    /// <exception cref="MalformedRecordException">The bytes are no such record, or the answer would be too long; nothing
    /// was written.</exception>
    public static MultiReadAnswer? WriteFrame(
        JuteBuffer buffer, RequestHeader header, ref JuteReader record, CoordinationState state,
        ReadOnlySpan<Identity> identities, int mostBytes)
    {
        int start = buffer.Length;
        if (!HasOnlyReads(record))
        {
            HeaderFrame.Write(buffer, header.Xid, state.LastZxid, ErrorCode.MarshallingError);
            return null;
        }
        buffer.WriteInt(0);
        new ReplyHeader(header.Xid, state.LastZxid, ErrorCode.Ok).Write(buffer);
        var lists = new List<(ZnodeChildren.Snapshot Children, JuteBuffer Behind)>();
        var target = buffer;
        long bytes = 0;
        while (TryReadOperation(ref record, out var operation, out var path))
        {
            int before = target.Length;
            var node = state.Tree.Find(path);
            bool isLong = WriteResult(target, operation, node, ReadAnswer.CheckRead(node, state, identities));
            bytes += target.Length - before;
            if (isLong)
            {
                var children = node!.Children.TakeSnapshot();
                bytes += 4L * children.Count;
                lists.Add((children, target = new JuteBuffer()));
            }
            if (bytes > mostBytes)
            {
                buffer.Truncate(start);
                throw new MalformedRecordException($"a multiRead whose answer is longer than {mostBytes} bytes");
            }
        }
        WriteAnswer.WriteMultiHeader(target, OperationCode.Error, done: true, -1);
        buffer.WriteIntAt(start, buffer.Length - start - 4);
        return lists.Count > 0 ? new MultiReadAnswer(start, lists) : null;
    }

    protected override void Write(JuteBuffer buffer)
    {
        foreach (var (children, behind) in _lists)
        {
            ChildrenAnswer.WriteChildren(buffer, children);
            buffer.WriteRaw(behind.WrittenSpan);
            behind.Dispose();
        }
    }

    // Whether a long list is to be written behind it.
    private static bool WriteResult(JuteBuffer target, OperationCode operation, Znode? node, ErrorCode error)
    {
        if (error != ErrorCode.Ok)
        {
            WriteAnswer.WriteMultiHeader(target, OperationCode.Error, done: false, (int)error);
            target.WriteInt((int)error);
            return false;
        }
        WriteAnswer.WriteMultiHeader(target, operation, done: false, 0);
        if (operation == OperationCode.GetData)
        {
            ReadAnswer.WriteData(target, node!);
            node!.Stat.Write(target);
            return false;
        }
        if (ReadAnswer.IsLong(node!))
            return true;
        ReadAnswer.WriteChildren(target, node!);
        return false;
    }

    private static bool HasOnlyReads(JuteReader record)
    {
        while (TryReadOperation(ref record, out var operation, out _))
        {
            if (operation is not (OperationCode.GetData or OperationCode.GetChildren))
                return false;
        }
        return true;
    }

    private static bool TryReadOperation(ref JuteReader record, out OperationCode operation, out ReadOnlySpan<byte> path)
    {
        operation = (OperationCode)record.ReadInt();
        bool done = record.ReadBool();
        record.ReadInt(); // the header's error, which means something in answers only
        path = default;
        if (done || operation is not (OperationCode.GetData or OperationCode.GetChildren))
            return !done;
        path = record.ReadUtf8();
        record.ReadBool(); // whether to watch, which is not done here
        return true;
    }
}
