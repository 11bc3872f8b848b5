namespace Coordination.Protocol;

/// <summary>What addWatch watches; both stay set when they have fired.</summary>
public enum AddWatchMode
{
    /// <summary>The znode and its children.</summary>
    Persistent = 0,

    /// <summary>The znode and all below it.</summary>
    PersistentRecursive = 1,
}
