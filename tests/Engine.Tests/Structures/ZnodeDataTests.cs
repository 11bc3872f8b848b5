using System.Runtime.CompilerServices;
using System.Text;
using Coordination.Engine.Tree;

namespace Coordination.Engine.Tests.Structures;

/// <summary>Data that was given away to be read without a lock.</summary>
public sealed class ZnodeDataTests
{
    private readonly Znode _node = new(null, 0, "name"u8, "first"u8, hasData: true);

    [Theory]
    [InlineData("other")]
    [InlineData("longer than before")]
    [InlineData("")]
    public void What_is_shared_stays_as_it_was(string next)
    {
        var shared = _node.ShareData();
        _node.SetData(Encoding.UTF8.GetBytes(next), hasData: true);
        Assert.Equal("first"u8, shared.Span);
        Assert.Equal(Encoding.UTF8.GetBytes(next), _node.Data);
        Assert.Equal("name"u8, _node.Name);
    }

    [Fact]
    public void What_is_not_shared_is_set_in_place()
    {
        var before = _node.ShareData();
        _node.SetData("other"u8, hasData: true);
        ref readonly byte own = ref _node.Data[0];
        _node.SetData("third"u8, hasData: true);
        Assert.True(Unsafe.AreSame(in own, in _node.Data[0]));
        Assert.Equal("first"u8, before.Span);
    }

    [Fact]
    public void Null_data_can_be_shared_and_stays_null()
    {
        var node = new Znode(null, 0, "name"u8, default, hasData: false);
        Assert.True(node.ShareData().IsEmpty);
        Assert.False(node.HasData);
        Assert.Equal("name"u8, node.Name);
    }
}
