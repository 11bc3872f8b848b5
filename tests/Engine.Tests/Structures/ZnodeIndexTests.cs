using System.Text;
using Coordination.Engine.Tests.Checks;
using Coordination.Engine.Tree;
using Xunit.Abstractions;

namespace Coordination.Engine.Tests.Structures;

/// <summary>The index against a dictionary.</summary>
public sealed class ZnodeIndexTests(ITestOutputHelper output)
{
    private readonly ZnodeIndex _index = new();
    private readonly Dictionary<string, Znode> _expected = [];
    private readonly Znode _root = new(null, 0, default, default, hasData: true);

    [Fact]
    public void It_grows_and_shrinks_and_finds_just_what_is_in_it()
    {
        var random = new Random(Effort.Seed(output));
        for (int wave = 0; wave < Effort.Times(3); wave++)
        {
            for (int number = 0; number < 20_000; number++)
                Add($"/wave{wave}/{number}");
            Check(random);
            string[] paths = [.. _expected.Keys];
            random.Shuffle(paths);
            foreach (string path in paths.Take(paths.Length - (wave * 100)))
                Remove(path);
            Check(random);
        }
        foreach (string path in _expected.Keys.ToList())
            Remove(path);
        Check(random);
        Add("/again");
        Check(random);
    }

    [Fact]
    public void Around_every_power_of_two_nothing_is_lost()
    {
        var random = new Random(Effort.Seed(output));
        for (int size = 1; size <= 16_384; size *= 2)
        {
            while (_expected.Count < size + 2)
                Add($"/{_expected.Count}");
            for (int turn = 0; turn < 3; turn++)
            {
                for (int number = size + 1; number >= Math.Max(0, size - 2); number--)
                    Remove($"/{number}");
                Check(random);
                for (int number = Math.Max(0, size - 2); number < size + 2; number++)
                    Add($"/{number}");
                Check(random);
            }
        }
    }

    [Fact]
    public void Adding_and_removing_at_random()
    {
        var random = new Random(Effort.Seed(output));
        for (int i = 0; i < Effort.Times(60_000); i++)
        {
            int bias = i / 10_000 % 2 == 0 ? 7 : 3;
            string path = $"/{random.Next(30)}/{random.Next(300)}";
            if (random.Next(10) < bias && !_expected.ContainsKey(path))
                Add(path);
            else if (_expected.ContainsKey(path))
                Remove(path);
            if (i % 5000 == 0)
                Check(random);
        }
        Check(random);
    }

    [Fact]
    public void A_path_finds_only_the_znode_that_has_it_whole()
    {
        Add("/a");
        Add("/ab");
        Add("/a/b");
        foreach (string path in new[] { "", "a", "/", "/b", "/a/", "//a", "/a/b/", "a/b", "/a//b", "/x/a", "/aa", "/a/b/a" })
            Assert.Null(_index.Find(Encoding.UTF8.GetBytes(path)));
        Assert.False(_expected["/a"].HasPath("x/a"u8));
        Assert.False(_expected["/a/b"].HasPath("/b"u8));
        Assert.False(_expected["/a/b"].HasPath("/x/b"u8));
        Assert.False(_expected["/a/b"].HasPath("b"u8));
        Assert.False(_expected["/a/b"].HasPath(""u8));
    }

    private Znode Add(string path)
    {
        int slash = path.LastIndexOf('/');
        var parent = slash == 0 ? _root : _expected.GetValueOrDefault(path[..slash]) ?? Add(path[..slash]);
        byte[] bytes = Encoding.UTF8.GetBytes(path);
        var node = new Znode(parent, ZnodeIndex.HashOf(bytes), Encoding.UTF8.GetBytes(path[(slash + 1)..]), default, true);
        _index.Add(node);
        _expected.Add(path, node);
        return node;
    }

    // The index does not mind a parent that is gone: the names stay the key.
    private void Remove(string path)
    {
        _index.Remove(_expected[path]);
        _expected.Remove(path);
    }

    private void Check(Random random)
    {
        Assert.Equal(_expected.Count, _index.Count);
        foreach (var (path, node) in _expected)
            Assert.Same(node, _index.Find(Encoding.UTF8.GetBytes(path)));
        for (int i = 0; i < 100; i++)
        {
            string path = $"/missing/{random.Next()}";
            Assert.Null(_index.Find(Encoding.UTF8.GetBytes(path)));
        }
    }
}
