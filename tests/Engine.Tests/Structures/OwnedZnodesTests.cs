using System.Text;
using Coordination.Engine.Tests.Checks;
using Coordination.Engine.Tree;
using Xunit.Abstractions;

namespace Coordination.Engine.Tests.Structures;

/// <summary>The znodes of one owner against a set of the library's.</summary>
public sealed class OwnedZnodesTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(8)]
    [InlineData(1100)]
    [InlineData(10_000)]
    public void It_has_just_what_was_added_and_not_removed_and_a_snapshot_what_it_had(int most)
    {
        var random = new Random(Effort.Seed(output));
        var owned = new OwnedZnodes();
        var expected = new List<Znode>();
        var kept = new List<(OwnedZnodes.Snapshot Snapshot, HashSet<Znode> Expected)>();
        for (int wave = 0; wave < 20; wave++)
        {
            // Mostly growing, then mostly shrinking, down to nothing.
            int adds = wave % 4 < 2 ? 7 : 2;
            for (int turn = 0; turn < most; turn++)
            {
                if (random.Next(10) < adds)
                    Add(owned, expected);
                else if (expected.Count > 0)
                    Remove(owned, expected, random.Next(expected.Count));
            }
            Assert.Equal(expected.Count, owned.Count);
            Assert.True(expected.ToHashSet().SetEquals(owned));
            kept.Add((owned.TakeSnapshot(), [.. expected]));
        }
        Assert.Contains(kept, kept => kept.Expected.Count > most / 4);
        foreach (var (snapshot, all) in kept)
        {
            Assert.Equal(all.Count, snapshot.Count);
            Assert.True(all.SetEquals(snapshot.Znodes));
        }
    }

    [Fact]
    public void What_was_removed_is_not_kept_alive()
    {
        var owned = new OwnedZnodes();
        var gone = AddAndRemove(owned);
        GC.Collect();
        Assert.DoesNotContain(gone, static node => node.TryGetTarget(out _));
        Assert.Single(owned);
        GC.KeepAlive(owned);
    }

    // Not inlined, so that nothing of it is left on the stack.
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static WeakReference<Znode>[] AddAndRemove(OwnedZnodes owned)
    {
        Znode[] nodes = [.. Enumerable.Range(0, 5000).Select(NodeOf)];
        foreach (var node in nodes)
            owned.Add(node);
        foreach (var node in nodes.Skip(1))
            owned.Remove(node);
        return [.. nodes.Skip(1).Select(static node => new WeakReference<Znode>(node))];
    }

    private static void Add(OwnedZnodes owned, List<Znode> expected)
    {
        var node = NodeOf(expected.Count);
        owned.Add(node);
        expected.Add(node);
    }

    private static void Remove(OwnedZnodes owned, List<Znode> expected, int index)
    {
        owned.Remove(expected[index]);
        expected[index] = expected[^1];
        expected.RemoveAt(expected.Count - 1);
    }

    private static Znode NodeOf(int number) => new(null, 0, Encoding.ASCII.GetBytes($"{number}"), default, hasData: false);
}
