namespace Coordination.Scheduler.Results;

/// <summary>How an attempt at a run ended.</summary>
internal enum AttemptOutcome
{
    /// <summary>The work is done.</summary>
    Completed,

    /// <summary>It took too long.</summary>
    TimedOut,

    /// <summary>The worker stopped in the middle: it was told to end, or has lost its lock.</summary>
    Abandoned,
}
