namespace Coordination.Engine.Validation;

/// <summary>What validation must know of a session, as it will be once everything in flight is applied.</summary>
internal readonly record struct PendingSession(bool Exists, long AttachZxid, ReadOnlyMemory<byte> Password, long Zxid);
