namespace Coordination.Scheduler.Tests.Running;

/// <summary>What the result database says of a run.</summary>
internal sealed record RunRow(
    string Job, long Tick, string State, long Token, string Node, int Attempts, int Failures, int Done, int Total, int PeakParallel,
    int PeakMegabytes);
