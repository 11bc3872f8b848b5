namespace Coordination.Scheduler.Coordinating;

/// <summary>How far a job's schedule was carried out: all its ticks after <paramref name="Since"/> and up to
/// <paramref name="Last"/> are runs.</summary>
/// <param name="Since">When the job was first known, in milliseconds since 1970.</param>
/// <param name="Last">The last tick.</param>
internal sealed record TickCursor(long Since, long Last);
