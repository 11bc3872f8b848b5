using Coordination.Engine.Tree;

namespace Coordination.Gateway.Requests;

/// <summary>Lists of children that clients read page by page, as they were when the first page was read.</summary>
/// <remarks>A list is kept by reference, and costs what changes of it meanwhile. Bounded in number and in children, and let go
/// a minute after it was last asked for; a client whose list is gone can often have it made again.</remarks>
public sealed class ChildWalks : IDisposable
{
    private const int MostWalks = 256;
    private const long MostChildren = 8_000_000;

    private static readonly TimeSpan _longestRest = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<(Znode Parent, long Zxid), LinkedListNode<Walk>> _walks = [];
    private readonly LinkedList<Walk> _byUse = new();
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private long _children;

    /// <summary>Makes an empty table.</summary>
    public ChildWalks(TimeProvider time)
    {
        _time = time;
        _timer = time.CreateTimer(_ => LetGoOfOld(), null, _longestRest, _longestRest);
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    /// <summary>Keeps a list.</summary>
    /// <param name="parent">Whose children they are.</param>
    /// <param name="zxid">The zxid that the list is of.</param>
    /// <param name="children">The list.</param>
    internal void Keep(Znode parent, long zxid, ZnodeChildren.Snapshot children)
    {
        lock (_lock)
        {
            if (_walks.ContainsKey((parent, zxid)))
                return;
            _walks.Add((parent, zxid), _byUse.AddLast(new Walk(parent, zxid, children, _time.GetTimestamp())));
            _children += children.Count;
            while (_walks.Count > 1 && (_walks.Count > MostWalks || _children > MostChildren))
                LetGoOfFirst();
        }
    }

    /// <summary>Finds a list that is kept; null for none.</summary>
    internal ZnodeChildren.Snapshot? Find(Znode parent, long zxid)
    {
        lock (_lock)
        {
            if (!_walks.TryGetValue((parent, zxid), out var walk))
                return null;
            _byUse.Remove(walk);
            walk.Value = walk.Value with { Used = _time.GetTimestamp() };
            _byUse.AddLast(walk);
            return walk.Value.Children;
        }
    }

    private void LetGoOfOld()
    {
        lock (_lock)
        {
            while (_byUse.First is { } first && _time.GetElapsedTime(first.Value.Used) >= _longestRest)
                LetGoOfFirst();
        }
    }

    private void LetGoOfFirst()
    {
        var walk = _byUse.First!.Value;
        _byUse.RemoveFirst();
        _walks.Remove((walk.Parent, walk.Zxid));
        _children -= walk.Children.Count;
    }

    private readonly record struct Walk(Znode Parent, long Zxid, ZnodeChildren.Snapshot Children, long Used);
}
