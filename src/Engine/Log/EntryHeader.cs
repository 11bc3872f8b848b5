namespace Coordination.Engine.Log;

/// <summary>What every entry of the log starts with.</summary>
/// <param name="Zxid">Its number.</param>
/// <param name="Time">When it was validated, in milliseconds since 1970.</param>
/// <param name="SessionId">The session that asked for it; 0 for the service itself.</param>
/// <param name="Cxid">The session's own number of the request.</param>
public readonly record struct EntryHeader(long Zxid, long Time, long SessionId, int Cxid);
