namespace Coordination.Testing.RawProtocol;

/// <summary>The server refused to re-attach a session: it has expired, or the password is another.</summary>
public sealed class SessionExpiredException(long sessionId) : Exception($"the session 0x{sessionId:x} has expired");
