namespace Coordination.Client.Watching;

/// <summary>The lists of watches that a setWatches request tells apart.</summary>
internal enum WatchKind
{
    /// <summary>Of a znode's data, where there is one.</summary>
    Data,

    /// <summary>Of a znode that is not there yet.</summary>
    Exists,

    /// <summary>Of a znode's children.</summary>
    Children,

    /// <summary>Of a znode and its children, until it is removed.</summary>
    Persistent,

    /// <summary>Of all below a znode, until it is removed.</summary>
    Recursive,
}
