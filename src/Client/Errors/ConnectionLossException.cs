using Coordination.Protocol;

namespace Coordination.Client;

/// <summary>The connection was lost before the answer came, or there was none for as long as a request may wait.</summary>
/// <remarks>The session may live on. Reads are sent again by themselves, so this is about writes; whether the write was
/// done is in <see cref="Outcome"/>.</remarks>
/// <param name="operation">What was asked for.</param>
/// <param name="path">The znode's path; null where the request has none.</param>
/// <param name="outcome">What is known of the request.</param>
/// <param name="innerException">How the connection was lost.</param>
public class ConnectionLossException(
    string operation, string? path, RequestOutcome outcome, Exception? innerException = null)
    : CoordinationException(
        ErrorCode.ConnectionLoss, operation, path, "an answer",
        outcome switch
        {
            RequestOutcome.NotSent => "no connection to send it on",
            RequestOutcome.Refused => "the connection lost, and with it why the write was refused: it was not done",
            _ => "the connection lost: it may have been done",
        },
        innerException)
{
    /// <summary>What is known of the request.</summary>
    public RequestOutcome Outcome { get; } = outcome;
}
