using Coordination.Engine.Tree;

namespace Coordination.Engine.Tests.Structures;

/// <summary>Children, and beside them a sorted set that tells what they should be.</summary>
internal sealed class ChildrenModel
{
    private readonly SortedDictionary<byte[], Znode> _expected =
        new(Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b)));

    public ZnodeChildren Children { get; } = new();

    public static Znode Named(byte[] name) => new(null, 0, name, "data"u8, hasData: true);

    public void Add(byte[] name)
    {
        var child = Named(name);
        _expected.Add(name, child);
        Children.Add(child);
    }

    public void AddIfMissing(byte[] name)
    {
        if (!_expected.ContainsKey(name))
            Add(name);
    }

    public void Remove(byte[] name)
    {
        Children.Remove(_expected[name]);
        _expected.Remove(name);
    }

    public void RemoveIfThere(byte[] name)
    {
        if (_expected.ContainsKey(name))
            Remove(name);
    }

    public Znode[] ToArray() => [.. _expected.Values];

    public void Check()
    {
        Assert.Equal(_expected.Count, Children.Count);
        var expected = _expected.Values.GetEnumerator();
        foreach (var child in Children)
        {
            Assert.True(expected.MoveNext());
            Assert.Same(expected.Current, child);
        }
        Assert.False(expected.MoveNext());
    }
}
