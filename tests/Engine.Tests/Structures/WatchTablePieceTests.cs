using System.Text;
using Coordination.Engine.Tests.Properties;
using Coordination.Engine.Watches;

namespace Coordination.Engine.Tests.Structures;

/// <summary>How many watches the table, which everybody waits for who sets one, is locked for at a time.</summary>
public sealed class WatchTablePieceTests
{
    private const int Many = 1000;
    private const int AtOnce = 64;

    private static readonly WatchKind[] s_kinds = [WatchKind.Data, WatchKind.Children, WatchKind.Persistent, WatchKind.Recursive];

    private readonly WatchTable _table = new();
    private readonly TestWatcher _watcher = new();

    public WatchTablePieceTests()
    {
        for (int i = 0; i < Many; i++)
            _table.Add(s_kinds[i % s_kinds.Length], PathOf(i), _watcher);
    }

    [Fact]
    public void No_more_are_listed_at_a_time_than_was_asked_for()
    {
        var listed = new List<byte[]>();
        int position = 0, pieces = 0;
        bool isMore = true;
        for (; isMore; pieces++)
        {
            int before = listed.Count;
            isMore = _table.ListDataWatches(_watcher, ref position, AtOnce, listed);
            Assert.InRange(listed.Count - before, 0, AtOnce);
        }
        Assert.Equal((Many / AtOnce) + 1, pieces);
        Assert.Equal(
            Enumerable.Range(0, Many).Where(static i => s_kinds[i % s_kinds.Length] != WatchKind.Children)
                .Select(static i => Encoding.UTF8.GetString(PathOf(i))),
            listed.Select(Encoding.UTF8.GetString).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Paths_are_listed_once_with_all_who_watch_them_and_no_more_at_a_time_than_was_asked_for()
    {
        TestWatcher other = new(), alone = new();
        for (int i = 0; i < Many; i += 2)
        {
            foreach (var kind in new[] { WatchKind.Recursive, WatchKind.Data, WatchKind.Persistent, WatchKind.Children })
                _table.Add(kind, PathOf(i), other);
        }
        _table.Add(WatchKind.Recursive, "/alone"u8, alone);
        var listing = new WatchersOfPaths(_table);
        var listed = new Dictionary<string, HashSet<Watcher>>();
        var piece = new List<KeyValuePair<byte[], Watcher>>();
        foreach (var watcher in new[] { _watcher, other, alone })
        {
            int position = 0;
            for (bool isMore = true; isMore; piece.Clear())
            {
                isMore = listing.GoOn(watcher, ref position, AtOnce, piece);
                // One who begins with the last place may have company.
                Assert.InRange(piece.Count, 0, AtOnce + 1);
                foreach (var path in piece.GroupBy(static watch => watch.Key, ReferenceEqualityComparer.Instance))
                    listed.Add(Encoding.UTF8.GetString((byte[])path.Key!), [.. path.Select(static watch => watch.Value)]);
                Assert.Equal(piece.Count, piece.Distinct().Count());
            }
        }
        Assert.Equal([alone], listed["/alone"]);
        for (int i = 0; i < Many; i++)
        {
            bool isWatched = s_kinds[i % s_kinds.Length] != WatchKind.Children;
            HashSet<Watcher> expected =
            [
                .. isWatched ? [_watcher] : Array.Empty<Watcher>(),
                .. i % 2 == 0 ? [other] : Array.Empty<Watcher>(),
            ];
            Assert.Equal(expected.Count > 0 ? expected : null, listed.GetValueOrDefault(Encoding.UTF8.GetString(PathOf(i))));
        }
    }

    [Fact]
    public void One_who_watches_a_path_in_several_ways_has_it_listed_once()
    {
        var other = new TestWatcher();
        foreach (var kind in s_kinds)
        {
            _table.Add(kind, "/a"u8, other);
            _table.Add(kind, "/b"u8, other);
        }
        _table.Remove(WatchKind.Data, "/b"u8, other);
        var paths = new List<byte[]>();
        int position = 0;
        Assert.False(_table.ListDataWatches(other, ref position, AtOnce, paths));
        Assert.Equal(["/a", "/b"], paths.Select(Encoding.UTF8.GetString).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void No_more_are_removed_at_a_time_than_was_asked_for()
    {
        var other = new TestWatcher();
        for (int i = 0; i < Many; i++)
            _table.Add(WatchKind.Data, PathOf(i), other);
        var removal = _table.BeginRemoval(_watcher);
        int pieces = 1;
        for (int before = Total(); removal.GoOn(AtOnce); pieces++)
        {
            Assert.InRange(before - Total(), 1, AtOnce);
            before = Total();
        }
        Assert.Equal((Many / AtOnce) + 1, pieces);
        Assert.Equal(Many, _table.Count);
        Assert.All(Enumerable.Range(0, Many), i => Assert.True(_table.Contains(WatchKind.Data, PathOf(i), other)));
    }

    private static byte[] PathOf(int i) => Encoding.UTF8.GetBytes($"/{i:d4}");

    // Each once: what a persistent watch counts for is two.
    private int Total() => _table.Count - Enumerable.Range(0, Many).Count(
        i => _table.Contains(WatchKind.Persistent, PathOf(i), _watcher));
}
