namespace Coordination.Protocol;

/// <summary>Which watches of a path checkWatches and removeWatches mean.</summary>
public enum WatcherType
{
    /// <summary>That of getChildren.</summary>
    Children = 1,

    /// <summary>That of getData and exists.</summary>
    Data = 2,

    /// <summary>All of them.</summary>
    Any = 3,

    /// <summary>That of addWatch for the znode and its children.</summary>
    Persistent = 4,

    /// <summary>That of addWatch for all below the znode too.</summary>
    PersistentRecursive = 5,
}
