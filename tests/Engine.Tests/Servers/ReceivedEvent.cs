using Coordination.Protocol;

namespace Coordination.Engine.Tests.Servers;

/// <summary>A watch event as a client received it.</summary>
internal readonly record struct ReceivedEvent(WatchEventType Type, string Path, long Zxid);
