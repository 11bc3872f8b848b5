using Coordination.Grains;
using Coordination.Grains.Messages;
using Coordination.Protocol;

namespace Coordination.Simulation.Tests.Silos;

/// <summary>A session's grain, without a grain's runtime: the same writes, and no reminder.</summary>
internal sealed class SimulatedSession(long id, SiloLife life) : ISessionGrain
{
    /// <inheritdoc/>
    public Task<SessionTicket> OpenAsync(SessionOpening opening) => life.SessionWriter.OpenAsync(id, opening);

    /// <inheritdoc/>
    public Task<SessionTicket?> AttachAsync(byte[] password, SessionOpening opening) =>
        life.SessionWriter.AttachAsync(id, password, opening);

    /// <inheritdoc/>
    public Task<bool> PingAsync(long attachZxid) => throw new NotSupportedException();

    /// <inheritdoc/>
    public async Task CloseAsync(long attachZxid)
    {
        if (!await life.SessionWriter.CloseAsync(id, attachZxid))
            throw new ZnodeException(ErrorCode.SessionMoved, $"session 0x{id:x}");
    }

    /// <inheritdoc/>
    public Task<bool> ExpireAsync(long attachZxid)
    {
        life.World.Referee.Judged(life, id);
        return life.SessionWriter.CloseAsync(id, attachZxid);
    }
}
