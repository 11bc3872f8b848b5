namespace Coordination.Engine.Tree;

/// <summary>What a znode's owner field says when it names no session: ZooKeeper's <c>EphemeralType</c>.</summary>
/// <remarks>Entries and checkpoints keep the field as ZooKeeper does; clients are shown 0 for every mark.</remarks>
public static class OwnerMark
{
    /// <summary>The owner of a container: it goes some time after its last child has gone.</summary>
    public const long Container = long.MinValue;

    /// <summary>The longest time to live, in milliseconds: what fits into 40 bits, almost 35 years.</summary>
    public const long MostTimeToLive = (1L << 40) - 1;

    private const long TimeToLiveMark = -1L << 56;

    /// <summary>The owner of a znode with a time to live: it goes some time after it was last set, if it has no children.</summary>
    /// <param name="milliseconds">The time to live, from 1 to <see cref="MostTimeToLive"/>.</param>
    public static long OfTimeToLive(long milliseconds) => TimeToLiveMark | milliseconds;

    /// <summary>Whether an owner names a time to live.</summary>
    public static bool IsTimeToLive(long owner) => (owner & TimeToLiveMark) == TimeToLiveMark;

    /// <summary>The time to live, in milliseconds, that an owner names.</summary>
    public static long TimeToLiveOf(long owner) => owner & MostTimeToLive;

    /// <summary>Whether an owner is a mark, so that no session can have it for its id.</summary>
    public static bool IsMark(long owner) => owner == Container || IsTimeToLive(owner);

    /// <summary>The session that an owner names; 0 for none.</summary>
    public static long SessionOf(long owner) => IsMark(owner) ? 0 : owner;
}
