using System.Text.Json.Serialization;

namespace Coordination.Scheduler.Coordinating;

/// <summary>What the znodes hold.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ScheduledRun))]
[JsonSerializable(typeof(TickCursor))]
[JsonSerializable(typeof(NodeStatus))]
[JsonSerializable(typeof(Quota))]
internal sealed partial class SchedulerJson : JsonSerializerContext;
