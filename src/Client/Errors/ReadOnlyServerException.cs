using Coordination.Protocol;

namespace Coordination.Client;

/// <summary>The client is connected to a server that can only be read, and the request needs one that writes. It was not
/// done.</summary>
/// <param name="operation">What was asked for.</param>
/// <param name="path">The znode's path; null where the request has none.</param>
public sealed class ReadOnlyServerException(string operation, string? path)
    : CoordinationException(ErrorCode.NotReadOnly, operation, path, "a server that writes", "one that can only be read");
