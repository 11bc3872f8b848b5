using Coordination.Engine.Tree;
using Coordination.Gateway.Requests;
using Coordination.Protocol;

namespace Coordination.Gateway;

/// <content>Answers that take long: nothing is locked, and no socket unread, while they are put together.</content>
internal sealed partial class SessionConnection
{
    private const int MostCountedAtOnce = 2048;
    private const int MostReadAtOnce = 512;

    private LongAnswer? _longAnswer;
    private JuteBuffer? _held;
    private DescendantCount? _count;
    private int _countXid;
    private MultiRead? _multiRead;

    // What is put in from here on, events above all, comes behind the answer. The outbox's gate is held.
    private Step AnswerAtLengthLater(LongAnswer? rest)
    {
        if (rest is null)
            return Step.GoOn;
        _longAnswer = rest;
        _held = _outbox.Hold();
        return Step.AnswerAtLength;
    }

    private async Task AnswerAtLengthAsync(CancellationToken cancellationToken)
    {
        // Not on a thread that other connections are read by.
        await Task.Yield();
        if (_count is not null)
            await CountOnAsync(cancellationToken);
        else if (_multiRead is not null)
            await ReadOnAsync(_multiRead, cancellationToken);
        if (_longAnswer is not null)
            WriteLongAnswer();
        _outbox.Flush();
    }

    private void WriteLongAnswer()
    {
        _longAnswer!.WriteRest(_held!);
        _outbox.Release(_held!);
        _longAnswer = null;
        _held = null;
    }

    private Step ReadMany(RequestHeader header, ref JuteReader record)
    {
        var state = _services.Replica.State;
        if (MultiRead.Decode(header, ref record, _services.Options.MostUnsent) is not { } read)
        {
            HeaderFrame.Write(_outbox.Buffer, header.Xid, state.LastZxid, ErrorCode.MarshallingError);
            return Step.GoOn;
        }
        if (!read.GoOn(MostReadAtOnce, state, _caller.Identities))
        {
            _multiRead = read;
            return Step.AnswerAtLength;
        }
        var rest = read.Begin(_outbox.Buffer, state, _caller.Identities);
        if (read.IsLong)
            return AnswerAtLengthLater(rest);
        rest.WriteRest(_outbox.Buffer);
        return Step.GoOn;
    }

    private async Task ReadOnAsync(MultiRead read, CancellationToken cancellationToken)
    {
        try
        {
            while (!_isEnded && !ReadSome(read))
            {
                _services.Replica.Lock.LetWriterIn();
                await _services.Replica.WhenSettledAsync(cancellationToken);
            }
        }
        catch (MalformedRecordException e)
        {
            _services.Log.ShutOut(_remote, e.Message);
            _isEnded = true;
        }
        _multiRead = null;
    }

    private bool ReadSome(MultiRead read)
    {
        using (_services.Replica.Lock.EnterRead())
        {
            var state = _services.Replica.State;
            if (state.IsBetween || !read.GoOn(MostReadAtOnce, state, _caller.Identities))
                return false;
            lock (_outbox.Gate)
                AnswerAtLengthLater(read.Begin(_outbox.Buffer, state, _caller.Identities));
            return true;
        }
    }

    private Step CountDescendants(RequestHeader header, ref JuteReader reader)
    {
        var state = _services.Replica.State;
        var path = reader.ReadUtf8(out bool isNull);
        var node = state.Tree.Find(path);
        var error = isNull ? ErrorCode.MarshallingError : ReadAnswer.CheckRead(node, state, _caller.Identities);
        if (error != ErrorCode.Ok)
        {
            HeaderFrame.Write(_outbox.Buffer, header.Xid, state.LastZxid, error);
            return Step.GoOn;
        }
        if (node == state.Tree.Root)
        {
            // Under the empty path ZooKeeper counts the root among its own descendants.
            WriteCount(header.Xid, state.Tree.Count - (path.IsEmpty ? 0 : 1));
            return Step.GoOn;
        }
        var count = new DescendantCount(node!);
        if (count.Advance(MostCountedAtOnce))
        {
            WriteCount(header.Xid, count.Count);
            return Step.GoOn;
        }
        _count = count;
        _countXid = header.Xid;
        return Step.AnswerAtLength;
    }

    private async Task CountOnAsync(CancellationToken cancellationToken)
    {
        while (!_isEnded && !CountSome())
        {
            _services.Replica.Lock.LetWriterIn();
            await _services.Replica.WhenSettledAsync(cancellationToken);
        }
        _count = null;
    }

    private bool CountSome()
    {
        using (_services.Replica.Lock.EnterRead())
        {
            if (_services.Replica.State.IsBetween || !_count!.Advance(MostCountedAtOnce))
                return false;
            lock (_outbox.Gate)
                WriteCount(_countXid, _count.Count);
            return true;
        }
    }

    private void WriteCount(int xid, int count)
    {
        _outbox.Buffer.WriteInt(ReplyHeader.EncodedLength + sizeof(int));
        new ReplyHeader(xid, _services.Replica.State.LastZxid, ErrorCode.Ok).Write(_outbox.Buffer);
        _outbox.Buffer.WriteInt(count);
    }
}
