using Coordination.Protocol;

namespace Coordination.Client.Requests;

/// <summary>A request, from when it is asked for until it is answered or given up.</summary>
internal abstract class PendingRequest
{
    /// <summary>What an answer takes beside the path.</summary>
    protected const int LeastAnswerBytes = 160;

    private NumberedWrites? _numbers;

    /// <summary>The name that ZooKeeper has for the operation.</summary>
    internal abstract string Name { get; }

    internal abstract OperationCode Operation { get; }

    /// <summary>The path as the caller gave it; null where there is none.</summary>
    internal virtual string? ClientPath => null;

    /// <summary>Whether it changes nothing, so that it can be sent again when the connection was lost.</summary>
    internal virtual bool IsRead => false;

    /// <summary>Whether it is a write that the servers do once however often it is sent, where they can.</summary>
    internal virtual bool IsWrite => false;

    /// <summary>About how many bytes a server keeps to answer a write again.</summary>
    internal virtual int AnswerBytes => LeastAnswerBytes + (ClientPath?.Length ?? 0);

    /// <summary>The number under which it can be sent again; 0 where it has none.</summary>
    internal long Number { get; private set; }

    /// <summary>Whether it has a number, and was sent on a connection that was lost: a server may have done it.</summary>
    internal bool MayBeDone { get; set; }

    /// <summary>The xid that requests of its kind all have; 0 where it takes the connection's next.</summary>
    internal virtual int FixedXid => 0;

    /// <summary>Whether it belongs to the connection that it was sent on, and is not sent again on another.</summary>
    internal virtual bool IsOfConnection => false;

    /// <summary>The session that it was made in; null where there was none.</summary>
    internal ClientSession? Session { get; set; }

    /// <summary>The only session that it may be done in; null where any will do.</summary>
    internal virtual ClientSession? OnlySession => null;

    /// <summary>When it was made, and later when it was written; by the client's clock.</summary>
    internal long Timestamp { get; set; }

    internal int Xid { get; private set; }

    /// <summary>Whether nobody waits for it any more.</summary>
    internal abstract bool IsOver { get; }

    /// <summary>Writes it as a frame, its length in front.</summary>
    /// <returns>How long the frame is, without its length.</returns>
    internal int WriteFrame(JuteBuffer buffer, int xid)
    {
        Xid = xid;
        int start = buffer.Length;
        buffer.WriteInt(0);
        buffer.WriteInt(xid);
        if (Number != 0)
            WriteNumber(buffer);
        buffer.WriteInt((int)Operation);
        WriteBody(buffer);
        int length = buffer.Length - start - 4;
        buffer.WriteIntAt(start, length);
        return length;
    }

    /// <summary>Gives it a number. Under the client's gate.</summary>
    internal void Open(NumberedWrites numbers)
    {
        _numbers = numbers;
        Number = numbers.Open(AnswerBytes);
    }

    /// <summary>Takes its number away again, if it was never sent under it.</summary>
    /// <returns>Whether it had one.</returns>
    internal bool TryDropNumber()
    {
        if (Number == 0 || MayBeDone)
            return false;
        CloseNumber();
        return true;
    }

    /// <summary>It was answered.</summary>
    /// <exception cref="MalformedRecordException">The answer is none; the request has failed with that.</exception>
    internal abstract void Answer(ErrorCode error, ref JuteReader body);

    /// <summary>It will not be answered.</summary>
    internal abstract void Fail(Exception exception);

    /// <summary>It will not be sent again.</summary>
    private protected void CloseNumber()
    {
        if (Number == 0)
            return;
        _numbers!.Close(Number, AnswerBytes);
        _numbers = null;
        Number = 0;
        MayBeDone = false;
    }

    private void WriteNumber(JuteBuffer buffer)
    {
        buffer.WriteInt((int)OperationCode.Once);
        buffer.WriteLong(Number);
        buffer.WriteLong(_numbers!.FirstOpen);
    }

    protected abstract void WriteBody(JuteBuffer buffer);
}
