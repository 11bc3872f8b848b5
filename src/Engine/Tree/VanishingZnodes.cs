namespace Coordination.Engine.Tree;

/// <summary>The containers and the znodes with a time to live, so that those to be removed are found without a walk.</summary>
/// <remarks>The replica's lock guards it. It is looked through in pieces, backwards: whoever takes the place of one that
/// was removed has been looked at.</remarks>
public sealed class VanishingZnodes
{
    private readonly OwnedZnodes _znodes = new();

    internal VanishingZnodes()
    {
    }

    /// <summary>How many there are.</summary>
    public int Count => _znodes.Count;

    /// <summary>Looks for znodes that are to be removed, in one piece of bounded length.</summary>
    /// <param name="below">Where to begin: <see cref="Count"/> at first, then what the call before returned.</param>
    /// <param name="most">How many to look at.</param>
    /// <param name="time">Now, in milliseconds since 1970.</param>
    /// <param name="mostNeverUsed">How long a container that never had a child stays, in milliseconds; 0 for ever.</param>
    /// <param name="unused">Gets their paths.</param>
    /// <returns>Where to go on; 0 at the end.</returns>
    public int FindUnused(int below, int most, long time, long mostNeverUsed, List<byte[]> unused)
    {
        int from = Math.Min(below, Count);
        int to = Math.Max(0, from - most);
        for (int i = from - 1; i >= to; i--)
        {
            if (IsUnused(_znodes[i], time, mostNeverUsed))
                unused.Add(_znodes[i].GetPath());
        }
        return to;
    }

    /// <summary>Whether a znode is to be removed: ZooKeeper's <c>ContainerManager.getCandidates</c>.</summary>
    /// <remarks>A container that never had a child stays, or as long as it is told to; that, as a time to live, runs from when
    /// the data was last set.</remarks>
    internal static bool IsUnused(Znode node, long time, long mostNeverUsed)
    {
        if (node.ChildCount > 0)
            return false;
        return node.Owner == OwnerMark.Container
            ? node.CreatedChildren != 0 || (mostNeverUsed > 0 && time - node.Mtime > mostNeverUsed)
            : OwnerMark.IsTimeToLive(node.Owner) && time - node.Mtime > OwnerMark.TimeToLiveOf(node.Owner);
    }

    internal void Add(Znode node) => _znodes.Add(node);

    internal void Remove(Znode node) => _znodes.Remove(node);
}
