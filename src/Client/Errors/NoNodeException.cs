using Coordination.Protocol;

namespace Coordination.Client;

/// <summary>The znode, or the parent of the znode to be created, does not exist.</summary>
/// <param name="operation">What was asked for.</param>
/// <param name="path">The znode's path.</param>
public sealed class NoNodeException(string operation, string? path)
    : CoordinationException(ErrorCode.NoNode, operation, path, "a znode", "none");
