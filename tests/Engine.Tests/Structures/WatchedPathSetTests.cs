using Coordination.Engine.Tests.Checks;
using Coordination.Engine.Watches;
using Xunit.Abstractions;

namespace Coordination.Engine.Tests.Structures;

/// <summary>The watches of one watcher, against a set of the library's.</summary>
public sealed class WatchedPathSetTests(ITestOutputHelper output)
{
    private const int Paths = 5000;

    private readonly WatchedPathSet _set = new();
    private readonly HashSet<WatchedPath> _expected = [];
    private readonly WatchedPath[] _all =
        [.. Enumerable.Range(0, Paths).Select(static i => new WatchedPath((WatchKind)(i % 4), new byte[1]))];

    [Fact]
    public void It_has_just_what_was_added_and_not_removed()
    {
        var random = new Random(Effort.Seed(output));
        for (int wave = 0; wave < 20; wave++)
        {
            // Mostly growing at first, mostly shrinking in the end.
            for (int turn = 0; turn < Paths; turn++)
                AddOrRemove(_all[random.Next(Paths)], adds: random.Next(20) >= wave);
            Assert.Equal(_expected.Count, _set.Count);
            Assert.True(_expected.SetEquals(Walk(int.MaxValue, static () => { })));
        }
    }

    [Fact]
    public void A_walk_in_pieces_meets_once_what_is_there_all_the_time()
    {
        var random = new Random(Effort.Seed(output));
        for (int round = 0; round < 20; round++)
        {
            var lasting = _all.Where(_ => random.Next(2) == 0).ToHashSet();
            var fleeting = _all.Where(path => !lasting.Contains(path)).ToArray();
            foreach (var path in lasting)
                AddOrRemove(path, adds: true);
            var met = Walk(10, () =>
            {
                for (int turn = 0; turn < 30; turn++)
                    AddOrRemove(fleeting[random.Next(fleeting.Length)], adds: random.Next(2) == 0);
            });
            Assert.True(lasting.IsSubsetOf(met));
            Assert.Equal(lasting.Count, met.Count(lasting.Contains));
        }
    }

    private void AddOrRemove(WatchedPath path, bool adds)
    {
        if (!adds)
        {
            _set.Remove(path);
            _expected.Remove(path);
        }
        else if (_expected.Add(path))
        {
            _set.Add(path);
        }
    }

    private List<WatchedPath> Walk(int most, Action between)
    {
        var met = new List<WatchedPath>();
        int position = 0;
        while (_set.MoveNext(ref position, out var watched))
        {
            met.Add(watched.Value);
            if (met.Count % most == 0)
                between();
        }
        return met;
    }
}
