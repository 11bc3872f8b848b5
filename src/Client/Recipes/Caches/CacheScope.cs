namespace Coordination.Client.Recipes;

/// <summary>How much a <see cref="ZnodeCache"/> keeps.</summary>
public enum CacheScope
{
    /// <summary>One znode.</summary>
    Node,

    /// <summary>A znode and its children.</summary>
    Children,

    /// <summary>A znode and all below it.</summary>
    Tree,
}
