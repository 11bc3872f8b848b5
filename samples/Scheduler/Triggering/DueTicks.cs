using Coordination.Scheduler.Coordinating;

namespace Coordination.Scheduler.Triggering;

/// <summary>The ticks of a job that are due.</summary>
/// <param name="Job">The job.</param>
/// <param name="Cursor">How far its schedule was carried out.</param>
/// <param name="Version">The version of what says so.</param>
/// <param name="Ticks">The ticks, in milliseconds since 1970.</param>
internal sealed record DueTicks(string Job, TickCursor Cursor, int Version, IReadOnlyList<long> Ticks);
