using Coordination.Protocol;

namespace Coordination.Client.Errors;

/// <summary>Makes the exception for a code that a server answered with.</summary>
internal static class ServerError
{
    /// <summary>Makes the exception for a write that may have been done when it was sent before, and was sent again.</summary>
    internal static CoordinationException ToExceptionOfRepeat(
        ErrorCode code, string operation, string? path, int? expectedVersion) => code switch
    {
        ErrorCode.SessionExpired => new SessionExpiredException(operation, path, RequestOutcome.Unknown),
        ErrorCode.SystemError => new ConnectionLossException(operation, path, RequestOutcome.Unknown),
        _ => ToException(code, operation, path, expectedVersion),
    };

    internal static CoordinationException ToException(
        ErrorCode code, string operation, string? path, int? expectedVersion = null) => code switch
    {
        ErrorCode.NoNode => new NoNodeException(operation, path),
        ErrorCode.NodeExists => new NodeExistsException(operation, path),
        ErrorCode.BadVersion => new BadVersionException(operation, path, expectedVersion ?? -1),
        ErrorCode.NotEmpty => new NotEmptyException(operation, path),
        ErrorCode.NoAuth => new AccessDeniedException(operation, path),
        ErrorCode.SessionExpired => new SessionExpiredException(operation, path),
        ErrorCode.SessionMoved => new ConnectionLossException(operation, path, RequestOutcome.NotSent),
        ErrorCode.NotReadOnly => new ReadOnlyServerException(operation, path),
        ErrorCode.WasRefused => new WriteRefusedException(operation, path),
        ErrorCode.AuthFailed => new AuthenticationFailedException(operation, "the server refused"),
        _ => new CoordinationException(code, operation, path),
    };
}
