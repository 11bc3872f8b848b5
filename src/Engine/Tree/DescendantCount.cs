namespace Coordination.Engine.Tree;

/// <summary>Counts all that is below a znode, in pieces between which the replica's lock may be let go.</summary>
/// <remarks>Where the tree changes between the pieces, the sum is of no one moment: each list of children is.</remarks>
public sealed class DescendantCount
{
    private readonly Stack<Znode> _parents = new();
    private IEnumerator<Znode>? _children;

    /// <summary>Begins below a znode.</summary>
    public DescendantCount(Znode top) => _parents.Push(top);

    /// <summary>How many were counted so far.</summary>
    public int Count { get; private set; }

    /// <summary>Goes on counting; the caller holds the replica's lock.</summary>
    /// <param name="most">How many znodes to look at.</param>
    /// <returns>Whether all are counted.</returns>
    public bool Advance(int most)
    {
        for (; most > 0; most--)
        {
            if (_children is null)
            {
                if (!_parents.TryPop(out var parent))
                    return true;
                _children = parent.Children.TakeSnapshot().Children.GetEnumerator();
            }
            else if (_children.MoveNext())
            {
                Count++;
                if (_children.Current.ChildCount > 0)
                    _parents.Push(_children.Current);
            }
            else
            {
                _children.Dispose();
                _children = null;
            }
        }
        return false;
    }
}
