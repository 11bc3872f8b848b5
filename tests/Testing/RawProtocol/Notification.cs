namespace Coordination.Testing.RawProtocol;

/// <summary>A watch event.</summary>
/// <param name="Type">What happened.</param>
/// <param name="Path">The znode.</param>
/// <param name="Zxid">The zxid that caused it, from servers that tell it; otherwise -1.</param>
/// <param name="Arrival">The place of this frame among all that arrived on its connection, replies included.</param>
public sealed record Notification(WatchEventType Type, string Path, long Zxid, long Arrival);
