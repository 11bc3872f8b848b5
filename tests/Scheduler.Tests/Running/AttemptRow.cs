namespace Coordination.Scheduler.Tests.Running;

/// <summary>What the result database says of an attempt; times in milliseconds since 1970.</summary>
internal sealed record AttemptRow(
    string Job, long Tick, long Token, string Node, long StartedAt, long? EndedAt, string? Outcome);
