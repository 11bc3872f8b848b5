namespace Coordination.Testing.RawProtocol;

/// <summary>The server sent something that the protocol does not allow at this place.</summary>
public sealed class ProtocolViolationException(string message) : Exception(message);
