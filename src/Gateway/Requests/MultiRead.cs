using Coordination.Engine;
using Coordination.Engine.Tree;
using Coordination.Protocol;

namespace Coordination.Gateway.Requests;

/// <summary>Several reads of one and the same moment: multiRead.</summary>
/// <remarks>
/// <para>As in ZooKeeper only getData and getChildren are among them, they set no watches, and what one of them meets
/// stops none of the others.</para>
/// <para>There may be tens of thousands. They are looked at in pieces, between which others may write, and in the end, in
/// one step, those are looked at again that have changed meanwhile: the moment is that of the end.</para>
/// </remarks>
internal sealed class MultiRead
{
    // Beyond that, data is copied when the state is not locked any more.
    private const int MostBytesAtOnce = 4096;

    private readonly byte[] _operations;
    private readonly int _mostBytes;
    private readonly List<Read> _reads = [];
    private readonly JuteBuffer _results = new();
    private Dictionary<int, LongPart>? _longParts;
    private int _position;
    private long _bytes;
    private long _zxid;

    private MultiRead(RequestHeader header, byte[] operations, int mostBytes)
    {
        Header = header;
        _operations = operations;
        _mostBytes = mostBytes;
    }

    /// <summary>The request's header.</summary>
    public RequestHeader Header { get; }

    /// <summary>Whether there is much data, or a long list, to be written when the state is not locked any more.</summary>
    public bool IsLong => _longParts is { Count: > 0 };

    /// <summary>Decodes a request; nothing is looked at yet.</summary>
    /// <param name="header">The request's header.</param>
    /// <param name="record">The record behind it.</param>
    /// <param name="mostBytes">How long the answer may be.</param>
    /// <returns>Null where there is something among them that is none of the reads, or a null path.</returns>
    /// <exception cref="MalformedRecordException">The bytes are no such record.</exception>
    public static MultiRead? Decode(RequestHeader header, ref JuteReader record, int mostBytes)
    {
        var rest = record;
        while (TryReadOperation(ref rest, out var operation, out _, out bool isNull))
        {
            if (isNull || operation is not (OperationCode.GetData or OperationCode.GetChildren))
                return null;
        }
        return new MultiRead(header, record.Take(record.Remaining).ToArray(), mostBytes);
    }

    /// <summary>Looks at the next znodes; the caller holds the replica's lock, and no entry is applied in part.</summary>
    /// <param name="most">How many at the most.</param>
    /// <param name="state">The state.</param>
    /// <param name="identities">Whom the client has authenticated as.</param>
    /// <returns>Whether all were looked at.</returns>
    /// <exception cref="MalformedRecordException">The answer would be too long.</exception>
    public bool GoOn(int most, CoordinationState state, ReadOnlySpan<Identity> identities)
    {
        if (_reads.Count == 0)
            _zxid = state.LastZxid;
        var reader = new JuteReader(_operations.AsSpan(_position));
        while (TryReadOperation(ref reader, out var operation, out var path, out _))
        {
            if (most-- == 0)
                return false;
            _reads.Add(Look(_position, operation, path, state, identities));
            _position = _operations.Length - reader.Remaining;
        }
        return true;
    }

    /// <summary>Looks again at what has changed since <see cref="GoOn"/> has looked at it, and begins the answer: it is of
    /// now. The caller holds the replica's lock, and no entry is applied in part.</summary>
    /// <returns>The rest of the answer.</returns>
    /// <exception cref="MalformedRecordException">The answer would be too long; nothing was written.</exception>
    public LongAnswer Begin(JuteBuffer buffer, CoordinationState state, ReadOnlySpan<Identity> identities)
    {
        if (_zxid != state.LastZxid)
            LookAgain(state, identities);
        int start = buffer.Length;
        buffer.WriteInt(0);
        new ReplyHeader(Header.Xid, state.LastZxid, ErrorCode.Ok).Write(buffer);
        return new Answer(start, this);
    }

    private void LookAgain(CoordinationState state, ReadOnlySpan<Identity> identities)
    {
        for (int i = 0; i < _reads.Count; i++)
        {
            var read = _reads[i];
            if (read.Mark is { IsCurrent: true })
                continue;
            var reader = new JuteReader(_operations.AsSpan(read.Position));
            TryReadOperation(ref reader, out var operation, out var path, out _);
            if (read.Mark is null && state.Tree.Find(path) is null)
                continue;
            _longParts?.Remove(i);
            _bytes -= read.Bytes;
            _reads[i] = Look(read.Position, operation, path, state, identities, i);
        }
    }

    private Read Look(
        int position, OperationCode operation, ReadOnlySpan<byte> path, CoordinationState state,
        ReadOnlySpan<Identity> identities, int? index = null)
    {
        int start = _results.Length;
        var node = state.Tree.Find(path);
        var part = WriteResult(_results, operation, node, ReadAnswer.CheckRead(node, state, identities));
        int split = _results.Length;
        long bytes = split - start;
        if (part is { } left)
        {
            (_longParts ??= []).Add(index ?? _reads.Count, left);
            bytes += left.LeastLength;
            if (operation == OperationCode.GetData)
                node!.Stat.Write(_results);
        }
        _bytes += bytes;
        if (_bytes > _mostBytes)
            throw new MalformedRecordException($"a multiRead whose answer is longer than {_mostBytes} bytes");
        ZnodeMark? mark = node is null ? null : new ZnodeMark(path, node);
        return new Read(position, mark, start, split, _results.Length, bytes);
    }

    private void Write(JuteBuffer buffer)
    {
        for (int i = 0; i < _reads.Count; i++)
        {
            var read = _reads[i];
            buffer.WriteRaw(_results.WrittenSpan[read.Start..read.Split]);
            if (_longParts is not null && _longParts.TryGetValue(i, out var part))
                part.Write(buffer);
            buffer.WriteRaw(_results.WrittenSpan[read.Split..read.End]);
        }
        WriteAnswer.WriteMultiHeader(buffer, OperationCode.Error, done: true, -1);
        _results.Dispose();
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

    private static bool TryReadOperation(
        ref JuteReader record, out OperationCode operation, out ReadOnlySpan<byte> path, out bool isNull)
    {
        operation = (OperationCode)record.ReadInt();
        bool done = record.ReadBool();
        record.ReadInt(); // the header's error, which means something in answers only
        path = default;
        isNull = false;
        if (done || operation is not (OperationCode.GetData or OperationCode.GetChildren))
            return !done;
        path = record.ReadUtf8(out isNull);
        record.ReadBool(); // whether to watch, which is not done here
        return true;
    }

    // One of the reads: where it stands in the request, what it found, and where in the results that is written. What is to
    // be written later comes at the split.
    private readonly record struct Read(int Position, ZnodeMark? Mark, int Start, int Split, int End, long Bytes);

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

    private sealed class Answer(int start, MultiRead read) : LongAnswer(start)
    {
        protected override void Write(JuteBuffer buffer) => read.Write(buffer);
    }
}
