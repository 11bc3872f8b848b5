namespace Coordination.Scheduler.Results;

/// <summary>How far an attempt is.</summary>
/// <param name="Done">How many batches are done.</param>
/// <param name="Total">Of how many.</param>
/// <param name="PeakParallel">How many were worked on at a time, at most.</param>
/// <param name="PeakMegabytes">How much memory these had, at most.</param>
internal readonly record struct RunProgress(int Done, int Total, int PeakParallel, int PeakMegabytes);
