namespace Coordination.Testing.RawProtocol;

/// <summary>What checkWatches and removeWatches look for.</summary>
public enum WatcherType
{
    Children = 1,
    Data = 2,
    Any = 3,
    Persistent = 4,
    PersistentRecursive = 5,
}
