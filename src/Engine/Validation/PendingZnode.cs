using Coordination.Protocol;

namespace Coordination.Engine.Validation;

/// <summary>What validation must know of a znode, as it will be once everything in flight is applied.</summary>
internal record struct PendingZnode(
    bool Exists, int Version, int Aversion, int CreatedChildren, int ChildCount, Acl[] Acls, long EphemeralOwner,
    int DataLength, long Zxid, long Czxid)
{
    /// <summary>Of a path at which there will be nothing.</summary>
    public static PendingZnode None(long zxid) => new(false, 0, 0, 0, 0, [], 0, 0, zxid, 0);
}
