namespace Coordination.Scheduler.Tests.Running;

/// <summary>A write that the result database has refused.</summary>
internal sealed record RefusalRow(string Job, long Tick, string What, long Token, long NewestToken, string Node);
