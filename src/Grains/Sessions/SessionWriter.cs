using System.Security.Cryptography;
using Coordination.Engine.Requests;
using Coordination.Engine.Security;
using Coordination.Grains.Messages;
using Coordination.Grains.Replication;
using Coordination.Grains.Writing;
using Coordination.Protocol;

namespace Coordination.Grains.Sessions;

/// <summary>Opens, attaches and closes sessions through the log.</summary>
public sealed class SessionWriter(SiloWriter writer, Replica replica, SessionLimits limits)
{
    /// <summary>Opens a session.</summary>
    /// <exception cref="ZnodeException">There is a session of that id already, or the write failed.</exception>
    public async Task<SessionTicket> OpenAsync(long id, SessionOpening opening)
    {
        if (id == 0)
            throw new ZnodeException(ErrorCode.BadArguments, "session 0x0");
        // Before the session is there, or taken from another: whoever cannot prove who he is gets nothing.
        var identities = Identify(opening);
        byte[] password = RandomNumberGenerator.GetBytes(ConnectResponse.PasswordLength);
        int timeout = limits.Clamp(opening.TimeoutMilliseconds);
        var reply = await WriteAsync(
            new OpenSessionOperation(id, password, timeout, opening.Silo ?? replica.Identity));
        return reply.Error == ErrorCode.Ok
            ? new SessionTicket(id, password, timeout, reply.Zxid, identities, Seen: reply.Zxid)
            : throw Failure(reply, id);
    }

    /// <summary>Attaches a session to the caller, who thereby takes it from whoever had it.</summary>
    /// <returns>Null when there is no such session or the password is wrong.</returns>
    /// <exception cref="ZnodeException">It was attached since the zxid that the caller has seen, or the write failed.</exception>
    public async Task<SessionTicket?> AttachAsync(long id, byte[] password, SessionOpening opening)
    {
        var identities = Identify(opening);
        int timeout = limits.Clamp(opening.TimeoutMilliseconds);
        var reply = await WriteAsync(
            new AttachSessionOperation(id, password, timeout, opening.Silo ?? replica.Identity) { Seen = opening.Seen ?? long.MaxValue });
        return reply.Error switch
        {
            ErrorCode.Ok => new SessionTicket(id, password, timeout, reply.Zxid, identities, Seen: reply.Zxid),
            ErrorCode.SessionExpired => null,
            _ => throw Failure(reply, id),
        };
    }

    /// <summary>Closes a session and deletes its ephemerals, in one zxid, unless it was attached anew since.</summary>
    /// <returns>Whether the session is gone; false when it is another's by now.</returns>
    /// <exception cref="ZnodeException">The write failed.</exception>
    public async Task<bool> CloseAsync(long id, long attachZxid)
    {
        var reply = await WriteAsync(new CloseSessionOperation(id, attachZxid));
        return reply.Error switch
        {
            ErrorCode.Ok or ErrorCode.SessionExpired => true,
            ErrorCode.SessionMoved => false,
            _ => throw Failure(reply, id),
        };
    }

    private Task<WriteReply> WriteAsync(WriteOperation operation) => writer.WriteAsync(Caller.Service, operation);

    private static ZnodeException Failure(in WriteReply reply, long id) => new(reply.Error, $"session 0x{id:x}");

    private static Identity[] Identify(SessionOpening opening) => [.. (opening.Credentials ?? []).Select(Identify)];

    private static Identity Identify(Credential credential) => credential.Scheme == AuthenticationScheme.Digest
        ? DigestIdentity.FromCredentials(credential.Data)
        : throw new ZnodeException(ErrorCode.AuthFailed, credential.Scheme);
}
