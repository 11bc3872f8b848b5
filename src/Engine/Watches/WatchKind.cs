namespace Coordination.Engine.Watches;

/// <summary>What a watch waits for, and whether it stays set. One watcher may have each kind on the same path.</summary>
public enum WatchKind
{
    /// <summary>The znode's coming, going, and change of data, once: set by exists and getData.</summary>
    Data,

    /// <summary>The znode's going and its children's coming and going, once: set by getChildren.</summary>
    Children,

    /// <summary>What the two above wait for, each time: addWatch's mode PERSISTENT.</summary>
    Persistent,

    /// <summary>The coming, going, and change of data of the znode and of all below it, each time; of their children it
    /// tells nothing (ZOOKEEPER-4475): addWatch's mode PERSISTENT_RECURSIVE.</summary>
    Recursive,
}
