namespace Coordination.Engine.Requests;

/// <summary>Closes a session and deletes its ephemerals.</summary>
/// <param name="sessionId">The session id; never 0.</param>
/// <param name="attachZxid">For an expiry, the attachment that was seen to be silent: a session that has been attached
/// anew since stays open. Null for whichever.</param>
public sealed class CloseSessionOperation(long sessionId, long? attachZxid) : WriteOperation
{
    /// <summary>The session id; never 0.</summary>
    public long SessionId { get; } = sessionId;

    /// <summary>The attachment that the session must still have; null for whichever.</summary>
    public long? AttachZxid { get; } = attachZxid;
}
