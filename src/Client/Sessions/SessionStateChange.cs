namespace Coordination.Client;

/// <summary>A client has come into another state.</summary>
/// <param name="State">The state that it is in now.</param>
/// <param name="SessionId">The session that this is about; 0 where there is none.</param>
/// <param name="End">Why the session is over, where it is.</param>
public readonly record struct SessionStateChange(SessionState State, long SessionId, SessionEnd End = SessionEnd.None)
{
    /// <inheritdoc/>
    public override string ToString() => $"{State} 0x{SessionId:x}" + (End == SessionEnd.None ? "" : $" ({End})");
}
