using Coordination.Protocol;

namespace Coordination.Client.Requests;

/// <summary>A request, from when it is asked for until it is answered or given up.</summary>
internal abstract class PendingRequest
{
    /// <summary>The name that ZooKeeper has for the operation.</summary>
    internal abstract string Name { get; }

    internal abstract OperationCode Operation { get; }

    /// <summary>The path as the caller gave it; null where there is none.</summary>
    internal virtual string? ClientPath => null;

    /// <summary>Whether it changes nothing, so that it can be sent again when the connection was lost.</summary>
    internal virtual bool IsRead => false;

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
        buffer.WriteInt((int)Operation);
        WriteBody(buffer);
        int length = buffer.Length - start - 4;
        buffer.WriteIntAt(start, length);
        return length;
    }

    /// <summary>It was answered.</summary>
    /// <exception cref="MalformedRecordException">The answer is none; the request has failed with that.</exception>
    internal abstract void Answer(ErrorCode error, ref JuteReader body);

    /// <summary>It will not be answered.</summary>
    internal abstract void Fail(Exception exception);

    protected abstract void WriteBody(JuteBuffer buffer);
}
