namespace Coordination.Engine.Watches;

/// <summary>How a watch was set that setWatches or setWatches2 sets anew.</summary>
public enum RenewedWatch
{
    /// <summary>By getData, or by exists on a znode that was there.</summary>
    Data,

    /// <summary>By exists on a znode that was not there.</summary>
    Exists,

    /// <summary>By getChildren.</summary>
    Children,

    /// <summary>By addWatch; nothing is told of what it missed, as in ZooKeeper.</summary>
    Persistent,

    /// <summary>By addWatch, for all below it too; nothing is told of what it missed.</summary>
    Recursive,
}
