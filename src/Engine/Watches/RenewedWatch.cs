namespace Coordination.Engine.Watches;

/// <summary>How a watch was set that setWatches sets anew.</summary>
public enum RenewedWatch
{
    /// <summary>By getData, or by exists on a znode that was there.</summary>
    Data,

    /// <summary>By exists on a znode that was not there.</summary>
    Exists,

    /// <summary>By getChildren.</summary>
    Children,
}
