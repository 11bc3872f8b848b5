using Coordination.Testing.RawProtocol;

namespace Coordination.History.Tests.Recording;

/// <summary>A watch event that a client was told of.</summary>
/// <param name="Type">What happened.</param>
/// <param name="Path">The znode.</param>
/// <param name="Zxid">The entry that did it; -1 for one that catches up.</param>
/// <param name="Arrival">The frame's place among all that its connection brought.</param>
/// <param name="At">No earlier than it came, in milliseconds of the run.</param>
internal sealed record ReceivedEvent(WatchEventType Type, string Path, long Zxid, long Arrival, double At)
{
    public override string ToString() => $"{Type} {Path} of 0x{Zxid:x} at {At:0} ms";
}
