using System.Diagnostics.CodeAnalysis;

namespace Coordination.Engine.Watches;

/// <summary>Lists who watches each path's data, path by path: ZooKeeper's wchp.</summary>
/// <remarks>In pieces, one watcher's watches after the other's, since everybody who sets a watch waits for a piece. Nothing is
/// gathered or sorted but the paths that several watch: each is listed where the first of them is gone through.</remarks>
/// <param name="table">The watches.</param>
public sealed class WatchersOfPaths(WatchTable table)
{
    private readonly HashSet<byte[]> _listed = new(PathComparer.Instance);
    private readonly List<byte[]> _shared = [];

    /// <summary>Lists the next of the paths that a watcher watches, unless they were listed for another, with all who watch
    /// them.</summary>
    /// <param name="watcher">The watcher.</param>
    /// <param name="position">How far its list goes so far; 0 to begin with.</param>
    /// <param name="most">How many watches to look at. Those who watch one path are listed together, however many.</param>
    /// <param name="watches">What is added to: a path's watchers come one after the other, with the very same path, which is
    /// not to be written to.</param>
    /// <returns>Whether there may be more.</returns>
    public bool GoOn(Watcher watcher, ref int position, int most, List<KeyValuePair<byte[], Watcher>> watches)
    {
        bool isMore = table.ListWatchers(watcher, ref position, most, _listed, _shared, watches);
        // What may take long, as a large set grows, is done without the table's lock.
        foreach (byte[] path in _shared)
            _listed.Add(path);
        _shared.Clear();
        return isMore;
    }

    // A path that is watched all the time is the same array all the time.
    private sealed class PathComparer : IEqualityComparer<byte[]>
    {
        public static readonly PathComparer Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => ReferenceEquals(x, y);

        public int GetHashCode([DisallowNull] byte[] path) => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(path);
    }
}
