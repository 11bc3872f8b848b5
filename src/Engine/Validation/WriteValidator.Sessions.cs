using Coordination.Engine.Requests;
using Coordination.Engine.Tree;
using Coordination.Protocol;

namespace Coordination.Engine.Validation;

/// <content>Sessions: who may write for one, and how they begin, move and end.</content>
public sealed partial class WriteValidator
{
    private ErrorCode CheckSession(Caller caller)
    {
        if (caller.SessionId == 0)
            return ErrorCode.Ok;
        if (!_pending.TryGetSession(caller.SessionId, out var session))
            return ErrorCode.SessionExpired;
        return session.AttachZxid == caller.AttachZxid ? ErrorCode.Ok : ErrorCode.SessionMoved;
    }

    private ErrorCode OpenSession(OpenSessionOperation open)
    {
        if (OwnerMark.IsMark(open.SessionId))
            return ErrorCode.BadArguments;
        if (_pending.TryGetSession(open.SessionId, out _))
            return ErrorCode.NodeExists;
        _pending.SetSession(open.SessionId, new PendingSession(true, _header.Zxid, open.Password, _header.Zxid));
        _batch.WriteOpenSession(open.SessionId, open.Password, open.TimeoutMilliseconds, open.Silo);
        return ErrorCode.Ok;
    }

    private ErrorCode AttachSession(AttachSessionOperation attach)
    {
        // A wrong password looks just as an expired session does, so that nothing can be learnt by trying.
        if (!_pending.TryGetSession(attach.SessionId, out var session)
            || !session.Password.Span.SequenceEqual(attach.Password))
        {
            return ErrorCode.SessionExpired;
        }
        if (session.AttachZxid > attach.Seen)
            return ErrorCode.SessionMoved;
        _pending.SetSession(attach.SessionId, session with { AttachZxid = _header.Zxid, Zxid = _header.Zxid });
        _batch.WriteAttachSession(attach.SessionId, attach.TimeoutMilliseconds, attach.Silo);
        return ErrorCode.Ok;
    }

    private ErrorCode CloseSession(CloseSessionOperation close)
    {
        if (!_pending.TryGetSession(close.SessionId, out var session))
            return ErrorCode.SessionExpired;
        if (close.AttachZxid is { } seen && seen != session.AttachZxid)
            return ErrorCode.SessionMoved;
        var ephemerals = _pending.EphemeralsOf(close.SessionId);
        var mark = _batch.BeginCloseSession(close.SessionId);
        foreach (byte[] path in ephemerals)
        {
            if (Quotas.IsConcernedWith(path) && _pending.TryGetZnode(path, out var znode))
                Quotas.Delete(path, znode.DataLength, _header.Zxid);
            _batch.WriteDelete(path);
        }
        _batch.EndList(mark, ephemerals.Count);
        _pending.CloseSession(close.SessionId, ephemerals, _header.Zxid);
        return ErrorCode.Ok;
    }
}
