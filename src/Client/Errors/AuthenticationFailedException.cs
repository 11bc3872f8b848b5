using Coordination.Protocol;

namespace Coordination.Client;

/// <summary>The server did not accept who the client says that it is.</summary>
/// <param name="operation">What was asked for.</param>
/// <param name="reason">What the server, or the mechanism, found wrong.</param>
/// <param name="innerException">What it was caused by.</param>
public sealed class AuthenticationFailedException(string operation, string reason, Exception? innerException = null)
    : CoordinationException(ErrorCode.AuthFailed, operation, null, "to be let in", reason, innerException);
