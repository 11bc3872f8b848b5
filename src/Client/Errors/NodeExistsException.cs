using Coordination.Protocol;

namespace Coordination.Client;

/// <summary>The znode to be created exists already.</summary>
/// <param name="operation">What was asked for.</param>
/// <param name="path">The znode's path.</param>
public sealed class NodeExistsException(string operation, string? path)
    : CoordinationException(ErrorCode.NodeExists, operation, path, "no znode", "one");
