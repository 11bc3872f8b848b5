namespace Coordination.Scheduler.Tests.Faults;

/// <summary>What is done to a node.</summary>
internal enum FaultKind
{
    /// <summary>SIGKILL, and a new start some time after.</summary>
    Kill,

    /// <summary>SIGSTOP, and SIGCONT some time after.</summary>
    Freeze,

    /// <summary>SIGTERM, and a new start some time after: what a deployment does.</summary>
    Terminate,
}
