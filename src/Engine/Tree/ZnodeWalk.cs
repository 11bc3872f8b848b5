using System.Runtime.InteropServices;

namespace Coordination.Engine.Tree;

/// <summary>Walks a znode and all below it, parents first; invalid once one is added or removed.</summary>
/// <remarks>Without recursion: a path may be as deep as a frame is long.</remarks>
internal sealed class ZnodeWalk(Znode top)
{
    private readonly List<ZnodeChildren.Enumerator> _open = [];

    /// <summary>The znode that was reached; null before the first.</summary>
    public Znode Current { get; private set; } = null!;

    /// <summary>Goes to the next znode; false where there is none.</summary>
    public bool MoveNext()
    {
        if (Current is null)
        {
            Current = top;
            return true;
        }
        if (Current.ChildCount > 0)
            _open.Add(Current.Children.GetEnumerator());
        while (_open.Count > 0)
        {
            ref var children = ref CollectionsMarshal.AsSpan(_open)[^1];
            if (children.MoveNext())
            {
                Current = children.Current;
                return true;
            }
            _open.RemoveAt(_open.Count - 1);
        }
        return false;
    }
}
