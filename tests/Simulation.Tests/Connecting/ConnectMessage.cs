namespace Coordination.Simulation.Tests.Connecting;

/// <summary>A client asks for a session, or for its own.</summary>
/// <param name="SessionId">Its session; 0 for a new one.</param>
/// <param name="Password">That session's password.</param>
/// <param name="TimeoutMilliseconds">The timeout.</param>
/// <param name="LastZxid">The last zxid that the client has seen.</param>
/// <param name="CanBeReadOnly">Whether reads will do, where the silo knows no better.</param>
internal sealed record ConnectMessage(
    long SessionId, byte[] Password, int TimeoutMilliseconds, long LastZxid, bool CanBeReadOnly);
