using System.Text;
using Coordination.Engine.Requests;
using Coordination.Engine.Tests.Checks;
using Coordination.Engine.Tests.Servers;
using Coordination.Engine.Tree;
using Coordination.Protocol;

namespace Coordination.Engine.Tests.Structures;

/// <summary>Counting in pieces what is below a znode.</summary>
public sealed class DescendantCountTests
{
    private readonly EngineServer _server = new(CheckpointRows.Genesis());

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(100_000)]
    public void All_below_are_counted_whatever_the_pieces(int most)
    {
        Create("/a", "/ab", "/ab/x", "/a/b", "/a/c", "/a/b/d", "/a/b/d/e", "/a/z");
        for (int i = 0; i < 700; i++)
            Create($"/a/z/{i}");
        Assert.Equal(705, CountBelow("/a", most));
        Assert.Equal(700, CountBelow("/a/z", most));
        Assert.Equal(2, CountBelow("/a/b", most));
        Assert.Equal(0, CountBelow("/a/c", most));
        Assert.Equal(_server.State.Tree.Count - 1, CountBelow("/", most));
    }

    [Fact]
    public void What_does_not_change_is_counted_once_while_the_tree_changes()
    {
        Create("/a", "/a/b");
        for (int i = 0; i < 1000; i++)
            Create($"/a/b/{i:d4}");
        var count = new DescendantCount(_server.State.Tree.Find("/a"u8)!);
        for (int i = 0; !count.Advance(10); i++)
        {
            Create($"/a/b/{i:d4}-new", $"/a/b{i}");
            _server.Carry(Caller.Service, new DeleteOperation(Encoding.UTF8.GetBytes($"/a/b/{i:d4}-new"), -1));
        }
        Assert.Equal(1001, count.Count);
        _server.Check();
    }

    [Fact]
    public void What_has_gone_meanwhile_has_nothing_below_it()
    {
        Create("/a", "/a/b", "/a/b/c");
        var count = new DescendantCount(_server.State.Tree.Find("/a"u8)!);
        Assert.False(count.Advance(2));
        foreach (string path in new[] { "/a/b/c", "/a/b", "/a" })
            _server.Carry(Caller.Service, new DeleteOperation(Encoding.UTF8.GetBytes(path), -1));
        Assert.True(count.Advance(100));
        Assert.Equal(1, count.Count);
    }

    private int CountBelow(string path, int most)
    {
        var count = new DescendantCount(_server.State.Tree.Find(Encoding.UTF8.GetBytes(path))!);
        while (!count.Advance(most))
            Assert.True(count.Count < 10_000);
        return count.Count;
    }

    private void Create(params string[] paths)
    {
        foreach (string path in paths)
        {
            var create = new CreateOperation(Encoding.UTF8.GetBytes(path), [], [Acl.Open], 0, returnsStat: false);
            Assert.Equal(ErrorCode.Ok, _server.Carry(Caller.Service, create).Error);
        }
    }
}
