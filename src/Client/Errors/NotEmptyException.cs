using Coordination.Protocol;

namespace Coordination.Client;

/// <summary>The znode to be deleted has children.</summary>
/// <param name="operation">What was asked for.</param>
/// <param name="path">The znode's path.</param>
public sealed class NotEmptyException(string operation, string? path)
    : CoordinationException(ErrorCode.NotEmpty, operation, path, "no children", "some");
