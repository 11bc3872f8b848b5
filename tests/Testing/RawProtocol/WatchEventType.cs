namespace Coordination.Testing.RawProtocol;

/// <summary>What a notification tells of a znode.</summary>
public enum WatchEventType
{
    None = -1,
    NodeCreated = 1,
    NodeDeleted = 2,
    NodeDataChanged = 3,
    NodeChildrenChanged = 4,
}
