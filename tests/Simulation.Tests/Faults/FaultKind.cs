namespace Coordination.Simulation.Tests.Faults;

/// <summary>What goes wrong in a run.</summary>
internal enum FaultKind
{
    /// <summary>A silo's process dies, and is started again.</summary>
    CrashSilo,

    /// <summary>A silo's process takes no step for a while.</summary>
    PauseSilo,

    /// <summary>A silo cannot reach the database for a while.</summary>
    CutSilo,

    /// <summary>A silo's way to the database loses some of what is sent.</summary>
    DisturbSilo,

    /// <summary>Nobody can reach the database for a while.</summary>
    TakeDatabaseDown,

    /// <summary>The database takes its time.</summary>
    SlowDatabase,

    /// <summary>The database is put back, in the end, to what it was in the beginning: what was written meanwhile is
    /// lost.</summary>
    RestoreDatabase,

    /// <summary>A connection between a client and a silo breaks.</summary>
    BreakConnection,

    /// <summary>A client takes no step for a while.</summary>
    PauseClient,

    /// <summary>A client dies, and another comes.</summary>
    CrashClient,
}
