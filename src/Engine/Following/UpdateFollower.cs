namespace Coordination.Engine.Following;

/// <summary>Somebody who follows all updates of a znode, or of a znode and all below it.</summary>
public abstract class UpdateFollower
{
    /// <summary>What the entry that is being applied has for it so far; guarded as the <see cref="FollowerTable"/> is.</summary>
    internal List<ZnodeUpdate> Gathered { get; } = [];

    /// <summary>Takes what one entry did, once all of it is done. Called in the order of entries, while the state is locked:
    /// it must only take note.</summary>
    /// <param name="updates">At least one, in order; the list is another's afterwards.</param>
    public abstract void Take(IReadOnlyList<ZnodeUpdate> updates);
}
