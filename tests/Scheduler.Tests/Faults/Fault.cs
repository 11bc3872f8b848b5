namespace Coordination.Scheduler.Tests.Faults;

/// <summary>What was done to a node.</summary>
/// <param name="Kind">What.</param>
/// <param name="Node">To whom.</param>
/// <param name="BeganAt">When, in milliseconds since 1970.</param>
/// <param name="EndedAt">Until when.</param>
internal sealed record Fault(FaultKind Kind, string Node, long BeganAt, long EndedAt);
