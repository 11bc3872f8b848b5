using System.Text;
using Coordination.Engine.Tree;

namespace Coordination.Engine.Tests.Structures;

/// <summary>How much of a million znodes is copied under the replica's lock: what is kept of a list to be walked when the lock
/// is let go, and what a change copies before or after that.</summary>
/// <remarks>Counted in bytes that are allocated, since nothing is copied to where nothing was.</remarks>
public sealed class MillionPieceTests
{
    private const int Million = 1_000_000;
    private const long BytesOfReferences = Million * 8;

    private static readonly Znode[] s_nodes = [.. Enumerable.Range(0, Million).Select(NodeOf)];

    [Fact]
    public void Of_what_a_session_owns_a_thousandth_is_copied()
    {
        var owned = new OwnedZnodes();
        Assert.InRange(MostAllocated(s_nodes, owned.Add), 0, BytesOfReferences / 250);
        Assert.InRange(Allocated(() => owned.TakeSnapshot()), 0, BytesOfReferences / 900);
        Assert.InRange(MostAllocated(s_nodes.Where(static (_, i) => i % 1000 == 7), owned.Remove), 0, BytesOfReferences / 250);
        Assert.InRange(MostAllocated(s_nodes.Where(static (_, i) => i % 1000 == 7), owned.Add), 0, BytesOfReferences / 250);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(7919)]
    public void Of_a_list_of_children_a_hundredth_is_copied_in_whatever_order_they_came(int step)
    {
        var children = new ZnodeChildren();
        var inOrder = Enumerable.Range(0, Million).Select(i => s_nodes[(int)((((long)i * step) + Million) % Million)]);
        Assert.InRange(MostAllocated(inOrder, children.Add), 0, BytesOfReferences / 25);
        Assert.InRange(Allocated(() => children.TakeSnapshot()), 0, BytesOfReferences / 25);
        Assert.InRange(MostAllocated(s_nodes.Where(static (_, i) => i % 1000 == 7), children.Remove), 0, BytesOfReferences / 1000);
        Assert.InRange(MostAllocated(s_nodes.Where(static (_, i) => i % 1000 == 7), children.Add), 0, BytesOfReferences / 1000);
    }

    private static long MostAllocated(IEnumerable<Znode> nodes, Action<Znode> change)
    {
        long most = 0;
        foreach (var node in nodes)
            most = Math.Max(most, Allocated(() => change(node)));
        return most;
    }

    private static long Allocated(Action action)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static Znode NodeOf(int number) => new(null, 0, Encoding.ASCII.GetBytes($"{number:d7}"), default, hasData: false);
}
