namespace Coordination.Engine.Following;

/// <summary>What was done to a znode. The numbers are on the wire: see docs/protocol.md.</summary>
public enum ZnodeUpdateKind
{
    /// <summary>It was created.</summary>
    Created = 1,

    /// <summary>It was deleted.</summary>
    Deleted = 2,

    /// <summary>Its data was set.</summary>
    DataSet = 3,

    /// <summary>Its ACL was set.</summary>
    AclSet = 4,
}
