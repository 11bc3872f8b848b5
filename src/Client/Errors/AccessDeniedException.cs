using Coordination.Protocol;

namespace Coordination.Client;

/// <summary>The ACL does not let the session's identities do this.</summary>
/// <param name="operation">What was asked for.</param>
/// <param name="path">The znode's path.</param>
public sealed class AccessDeniedException(string operation, string? path)
    : CoordinationException(ErrorCode.NoAuth, operation, path, "the permission", "that no identity of the session has it");
