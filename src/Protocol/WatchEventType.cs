namespace Coordination.Protocol;

/// <summary>What a watch event tells of a znode; <c>Watcher.Event.EventType</c>.</summary>
public enum WatchEventType
{
    /// <summary>The session's state changed; never sent by a server.</summary>
    None = -1,

    /// <summary>The znode was created.</summary>
    NodeCreated = 1,

    /// <summary>The znode was deleted.</summary>
    NodeDeleted = 2,

    /// <summary>The znode's data was set.</summary>
    NodeDataChanged = 3,

    /// <summary>A child was created or deleted.</summary>
    NodeChildrenChanged = 4,
}
