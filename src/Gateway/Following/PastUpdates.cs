using Coordination.Engine;
using Coordination.Engine.Following;
using Coordination.Engine.Tree;
using Coordination.Protocol;

namespace Coordination.Gateway.Following;

/// <summary>Judges by today's ACLs who may hear of what the log tells of the past.</summary>
internal static class PastUpdates
{
    /// <summary>Gives each update the ACL that it is judged by: that of the znode at its path now, or, where there is none, the
    /// last one that is known.</summary>
    /// <remarks>Where a znode is gone, and the log does not reach back to what set its ACL, nobody can tell who might read it.
    /// That it was there is then told to those who may read what is above it now, and its data to nobody.</remarks>
    /// <param name="updates">The updates.</param>
    /// <param name="state">The state; the caller holds the replica's lock.</param>
    public static IReadOnlyList<ZnodeUpdate> Judge(IReadOnlyList<ZnodeUpdate> updates, CoordinationState state) =>
        updates.Count == 0 ? updates : [.. updates.Select(update => Judge(update, state))];

    private static ZnodeUpdate Judge(ZnodeUpdate update, CoordinationState state)
    {
        if (state.Tree.Find(update.Path) is { } node)
            return update with { Acl = AclOf(node, state) };
        if (update.Acl is not null)
            return update;
        return update with
        {
            Acl = AclOf(FirstAbove(update.Path, state), state), Data = Withheld(update.Data), Previous = Withheld(update.Previous),
        };
    }

    private static KnownData Withheld(KnownData data) => data.Bytes is null ? data : KnownData.Unknown;

    private static Acl[] AclOf(Znode node, CoordinationState state) => state.Tree.Acls[node.AclId].ToArray();

    private static Znode FirstAbove(ReadOnlySpan<byte> path, CoordinationState state)
    {
        Znode? node = null;
        while (node is null)
        {
            path = ZnodePath.ParentOf(path);
            node = state.Tree.Find(path);
        }
        return node;
    }
}
