namespace Coordination.Protocol;

/// <summary>Something that the protocol of our silos has and ZooKeeper's has not.</summary>
/// <remarks>A client may use it on a server that lists it in the znode <see cref="ExtensionList.Path"/>, by this name and
/// with this version; any other server closes the connection on its operation code. docs/protocol.md says what it does.
/// </remarks>
/// <param name="Name">Lower-case letters, digits and hyphens.</param>
/// <param name="Version">From 1; another one may mean another record.</param>
/// <param name="Operation">The code that its requests, or its operations in a multi, begin with.</param>
public sealed record Extension(string Name, int Version, OperationCode Operation)
{
    /// <summary>Writes that can be sent again, and are done once.</summary>
    public static Extension Once { get; } = new("once", 1, OperationCode.Once);

    /// <summary>Watches that go on from a zxid.</summary>
    public static Extension WatchFrom { get; } = new("watch-from", 1, OperationCode.WatchFrom);

    /// <summary>Lists of children in parts.</summary>
    public static Extension ChildrenPages { get; } = new("children-pages", 1, OperationCode.GetChildrenPage);

    /// <summary>Deletions of all that is below a znode.</summary>
    public static Extension DeleteTree { get; } = new("delete-tree", 1, OperationCode.DeleteTree);

    /// <summary>Writes on the condition that a lock's znode is still there.</summary>
    public static Extension CheckHeld { get; } = new("check-held", 1, OperationCode.CheckHeld);
}
