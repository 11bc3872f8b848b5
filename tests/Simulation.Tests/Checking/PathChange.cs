using Coordination.Protocol;

namespace Coordination.Simulation.Tests.Checking;

/// <summary>Something that watches of a znode tell of.</summary>
internal readonly record struct PathChange(long Zxid, WatchEventType Type);
