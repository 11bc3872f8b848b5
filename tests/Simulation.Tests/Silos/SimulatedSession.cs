using Coordination.Engine.Requests;
using Coordination.Grains;
using Coordination.Grains.Messages;
using Coordination.Protocol;

namespace Coordination.Simulation.Tests.Silos;

/// <summary>A session's grain, without a grain's runtime: the same writes, and no reminder.</summary>
internal sealed class SimulatedSession(long id, SiloLife life) : ISessionGrain
{
    /// <inheritdoc/>
    public async Task<SessionTicket> OpenAsync(SessionOpening opening)
    {
        byte[] password = life.MakePassword();
        var reply = await life.Writer.WriteAsync(
            Caller.Service,
            new OpenSessionOperation(id, password, opening.TimeoutMilliseconds, life.Replica.Identity));
        if (reply.Error != ErrorCode.Ok)
            throw new ZnodeException(reply.Error, $"session 0x{id:x}");
        return new SessionTicket(id, password, opening.TimeoutMilliseconds, reply.Zxid, []);
    }

    /// <inheritdoc/>
    public async Task<SessionTicket?> AttachAsync(byte[] password, SessionOpening opening)
    {
        var reply = await life.Writer.WriteAsync(
            Caller.Service,
            new AttachSessionOperation(id, password, opening.TimeoutMilliseconds, life.Replica.Identity));
        if (reply.Error == ErrorCode.SessionExpired)
            return null;
        if (reply.Error != ErrorCode.Ok)
            throw new ZnodeException(reply.Error, $"session 0x{id:x}");
        return new SessionTicket(id, password, opening.TimeoutMilliseconds, reply.Zxid, []);
    }

    /// <inheritdoc/>
    public Task<bool> PingAsync(long attachZxid) => throw new NotSupportedException();

    /// <inheritdoc/>
    public async Task CloseAsync(long attachZxid)
    {
        var reply = await life.Writer.WriteAsync(Caller.Service, new CloseSessionOperation(id, attachZxid));
        if (reply.Error is not (ErrorCode.Ok or ErrorCode.SessionExpired))
            throw new ZnodeException(reply.Error, $"session 0x{id:x}");
    }

    /// <inheritdoc/>
    public async Task<bool> ExpireAsync(long attachZxid)
    {
        life.World.Referee.Judged(life, id, attachZxid);
        var reply = await life.Writer.WriteAsync(Caller.Service, new CloseSessionOperation(id, attachZxid));
        if (reply.Error == ErrorCode.SessionMoved)
            return false;
        if (reply.Error is not (ErrorCode.Ok or ErrorCode.SessionExpired))
            throw new ZnodeException(reply.Error, $"session 0x{id:x}");
        return true;
    }
}
