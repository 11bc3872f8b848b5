using Coordination.Protocol;
using Orleans;

namespace Coordination.Grains.Messages;

/// <summary>Something that happened to a znode.</summary>
/// <param name="Type">What happened.</param>
/// <param name="Path">The znode.</param>
/// <param name="Zxid">The entry that did it.</param>
[GenerateSerializer, Immutable]
[Alias("Coordination.ZnodeEvent")]
public sealed record ZnodeEvent(
    [property: Id(0)] WatchEventType Type,
    [property: Id(1)] string Path,
    [property: Id(2)] long Zxid);
