namespace Coordination.Scheduler.Tests.Running;

/// <summary>A leader's term; its beginning in milliseconds since 1970.</summary>
internal sealed record TermRow(long Token, string Node, long BeganAt);
