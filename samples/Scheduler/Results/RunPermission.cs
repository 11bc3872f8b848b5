namespace Coordination.Scheduler.Results;

/// <summary>What the database says to whoever wants to work on a run.</summary>
internal enum RunPermission
{
    /// <summary>It is the holder's.</summary>
    Granted,

    /// <summary>It was done, or given up, before.</summary>
    Finished,

    /// <summary>Somebody has held the job's lock since: the token is old.</summary>
    Refused,
}
