namespace Coordination.Scheduler.Configuration;

/// <summary>What a worker does when it learns that it has lost its lock.</summary>
internal enum LossPolicy
{
    /// <summary>It stops, as it should.</summary>
    Stop,

    /// <summary>It does not look, and goes on to the end: as one does that was frozen just before its last write. The
    /// database has to refuse it, and does.</summary>
    GoOn,
}
