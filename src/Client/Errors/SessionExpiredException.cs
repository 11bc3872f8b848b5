using Coordination.Protocol;

namespace Coordination.Client;

/// <summary>The session that the request was made in has ended, and with it its ephemeral znodes.</summary>
/// <remarks>A request belongs to the session that it was made in, and never runs in a later one. One that was sent may
/// have been done all the same, as <see cref="Outcome"/> tells.</remarks>
/// <param name="operation">What was asked for.</param>
/// <param name="path">The znode's path; null where the request has none.</param>
/// <param name="outcome">What is known of the request.</param>
public sealed class SessionExpiredException(string operation, string? path, RequestOutcome outcome = RequestOutcome.NotSent)
    : CoordinationException(ErrorCode.SessionExpired, operation, path, "a session", "that it has ended")
{
    /// <summary>What is known of the request.</summary>
    public RequestOutcome Outcome { get; } = outcome;
}
