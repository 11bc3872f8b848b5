namespace Coordination.Engine.Requests;

/// <summary>Attaches a session to a connection, anew or instead of another.</summary>
/// <param name="sessionId">The session id; never 0.</param>
/// <param name="password">The bytes that prove who may re-attach.</param>
/// <param name="timeoutMilliseconds">The negotiated timeout.</param>
/// <param name="silo">The life of the silo that serves the session from now on.</param>
public sealed class AttachSessionOperation(long sessionId, byte[] password, int timeoutMilliseconds, Guid silo) : WriteOperation
{
    /// <summary>The session id; never 0.</summary>
    public long SessionId { get; } = sessionId;

    /// <summary>The bytes that prove who may re-attach.</summary>
    public byte[] Password { get; } = password;

    /// <summary>The negotiated timeout.</summary>
    public int TimeoutMilliseconds { get; } = timeoutMilliseconds;

    /// <summary>The life of the silo that serves the session from now on.</summary>
    public Guid Silo { get; } = silo;

    /// <summary>What had been applied where this was asked for: a session that was attached since is not taken from whoever has
    /// it, and the request fails as SESSIONMOVED. <see cref="long.MaxValue"/> where that makes no difference.</summary>
    public long Seen { get; init; } = long.MaxValue;
}
