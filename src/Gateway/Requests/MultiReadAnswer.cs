using Coordination.Engine;
using Coordination.Engine.Tree;
using Coordination.Protocol;

namespace Coordination.Gateway.Requests;

/// <summary>Several reads of one and the same moment: multiRead.</summary>
/// <remarks>As in ZooKeeper only getData and getChildren are among them, they set no watches, and what one of them meets
/// stops none of the others.</remarks>
internal sealed class MultiReadAnswer : LongAnswer
{
    // Beyond that, data is copied when the state is not locked any more.
    private const int MostBytesAtOnce = 4096;

    private readonly List<(LongPart Part, JuteBuffer Behind)> _parts;

    private MultiReadAnswer(int start, List<(LongPart Part, JuteBuffer Behind)> parts)
        : base(start) => _parts = parts;

    /// <summary>Answers in no more than <paramref name="mostBytes"/>; the caller holds the replica's lock.</summary>
    /// <returns>What is left to be written behind it, where there is much data or a long list; otherwise null.</returns>
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
        var parts = new List<(LongPart Part, JuteBuffer Behind)>();
        var target = buffer;
        long bytes = 0;
        while (TryReadOperation(ref record, out var operation, out var path))
        {
            int before = target.Length;
            var node = state.Tree.Find(path);
            var part = WriteResult(target, operation, node, ReadAnswer.CheckRead(node, state, identities));
            bytes += target.Length - before;
            if (part is { } left)
            {
                bytes += left.LeastLength;
                parts.Add((left, target = new JuteBuffer()));
                if (operation == OperationCode.GetData)
                    node!.Stat.Write(target);
            }
            if (bytes > mostBytes)
            {
                buffer.Truncate(start);
                throw new MalformedRecordException($"a multiRead whose answer is longer than {mostBytes} bytes");
            }
        }
        WriteAnswer.WriteMultiHeader(target, OperationCode.Error, done: true, -1);
        buffer.WriteIntAt(start, buffer.Length - start - 4);
        return parts.Count > 0 ? new MultiReadAnswer(start, parts) : null;
    }

    protected override void Write(JuteBuffer buffer)
    {
        foreach (var (part, behind) in _parts)
        {
            part.Write(buffer);
            buffer.WriteRaw(behind.WrittenSpan);
            behind.Dispose();
        }
    }

    // What is to be written behind it; null for nothing.
    private static LongPart? WriteResult(JuteBuffer target, OperationCode operation, Znode? node, ErrorCode error)
    {
        if (error != ErrorCode.Ok)
        {
            WriteAnswer.WriteMultiHeader(target, OperationCode.Error, done: false, (int)error);
            target.WriteInt((int)error);
            return null;
        }
        WriteAnswer.WriteMultiHeader(target, operation, done: false, 0);
        if (operation == OperationCode.GetData)
        {
            if (node!.Data.Length > MostBytesAtOnce)
                return new LongPart(null, node.ShareData());
            ReadAnswer.WriteData(target, node);
            node.Stat.Write(target);
            return null;
        }
        if (ReadAnswer.IsLong(node!))
            return new LongPart(node!.Children.TakeSnapshot(), default);
        ReadAnswer.WriteChildren(target, node!);
        return null;
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

    // A list of children, or data where there is none.
    private readonly record struct LongPart(ZnodeChildren.Snapshot? Children, ReadOnlyMemory<byte> Data)
    {
        public long LeastLength => Children is null ? Data.Length : 4L * Children.Count;

        public void Write(JuteBuffer buffer)
        {
            if (Children is null)
                buffer.WriteBuffer(Data.Span);
            else
                ChildrenAnswer.WriteChildren(buffer, Children);
        }
    }
}
