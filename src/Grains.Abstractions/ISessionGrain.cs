using Coordination.Grains.Messages;
using Orleans;
using Orleans.Concurrency;

namespace Coordination.Grains;

/// <summary>One session; its key is the session id. Opens, attaches and closes through the log.</summary>
public interface ISessionGrain : IGrainWithIntegerKey
{
    /// <summary>Opens the session.</summary>
    /// <exception cref="ZnodeException">There is a session of that id already, or the write failed.</exception>
    Task<SessionTicket> OpenAsync(SessionOpening opening);

    /// <summary>Attaches the session to the caller, who thereby takes it from whoever had it.</summary>
    /// <param name="password">The session's password.</param>
    /// <param name="opening">The timeout to be in force from now on, and the identities.</param>
    /// <returns>Null when there is no such session or the password is wrong: which of them is not told.</returns>
    /// <exception cref="ZnodeException">It was attached since the zxid that the caller has seen, or the write failed.</exception>
    Task<SessionTicket?> AttachAsync(byte[] password, SessionOpening opening);

    /// <summary>Keeps the session alive.</summary>
    /// <returns>Whether it is still open, and still the ticket's.</returns>
    /// <exception cref="ZnodeException">CONNECTIONLOSS: the silo that the grain is on may serve nobody now, and nothing is known of
    /// the session. Ask again: it counts as silence.</exception>
    [AlwaysInterleave]
    Task<bool> PingAsync(long attachZxid);

    /// <summary>Closes the session and deletes its ephemerals, in one zxid.</summary>
    /// <exception cref="ZnodeException">The session is another's by now, or the write failed.</exception>
    Task CloseAsync(long attachZxid);

    /// <summary>Closes the session because its client fell silent, unless it was attached anew since.</summary>
    /// <returns>Whether the session is gone.</returns>
    Task<bool> ExpireAsync(long attachZxid);
}
