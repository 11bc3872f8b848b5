using Coordination.Protocol;

namespace Coordination.Simulation.Tests.Connecting;

/// <summary>A watch has fired.</summary>
internal sealed record EventMessage(WatchEventType Type, string Path, long Zxid);
