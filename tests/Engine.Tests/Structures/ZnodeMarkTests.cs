using System.Text;
using Coordination.Engine.Requests;
using Coordination.Engine.Tests.Checks;
using Coordination.Engine.Tests.Servers;
using Coordination.Engine.Tree;
using Coordination.Protocol;

namespace Coordination.Engine.Tests.Structures;

/// <summary>What was looked at is found to have changed just when it has.</summary>
public sealed class ZnodeMarkTests
{
    private readonly EngineServer _server = new(CheckpointRows.Genesis());

    public ZnodeMarkTests()
    {
        Carry(Create("/a"));
        Carry(Create("/a/b"));
        Carry(Create("/beside"));
    }

    [Fact]
    public void What_others_do_elsewhere_changes_nothing()
    {
        var mark = Mark("/a");
        Carry(new SetDataOperation("/beside"u8.ToArray(), [1], -1));
        Carry(new SetDataOperation("/a/b"u8.ToArray(), [1], -1));
        Carry(Create("/a/b/c"));
        Assert.True(mark.IsCurrent);
    }

    [Fact]
    public void Data_children_and_acl_are_what_changes()
    {
        AssertChanged("/a", new SetDataOperation("/a"u8.ToArray(), [], -1));
        AssertChanged("/a", Create("/a/c"));
        AssertChanged("/a", new DeleteOperation("/a/c"u8.ToArray(), -1));
        AssertChanged("/a", new SetAclOperation("/a"u8.ToArray(), [Acl.Open], -1));
        AssertChanged("/a/b", new DeleteOperation("/a/b"u8.ToArray(), -1));
    }

    [Fact]
    public void What_was_deleted_and_is_there_again_has_changed()
    {
        var mark = Mark("/a/b");
        Carry(new DeleteOperation("/a/b"u8.ToArray(), -1));
        Carry(Create("/a/b"));
        Assert.False(mark.IsCurrent);
    }

    [Fact]
    public void What_a_quota_shows_may_have_changed_without_a_word()
    {
        Carry(Create("/zookeeper/quota/a"));
        Carry(Create("/zookeeper/quota/a/zookeeper_stats"));
        Assert.False(Mark("/zookeeper/quota/a/zookeeper_stats").IsCurrent);
    }

    private void AssertChanged(string path, WriteOperation operation)
    {
        var mark = Mark(path);
        Assert.True(mark.IsCurrent);
        Carry(operation);
        Assert.False(mark.IsCurrent);
    }

    private ZnodeMark Mark(string path)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(path);
        return new ZnodeMark(bytes, _server.State.Tree.Find(bytes)!);
    }

    private void Carry(WriteOperation operation) =>
        Assert.Equal(ErrorCode.Ok, _server.Carry(Caller.Service, operation).Error);

    private static CreateOperation Create(string path) =>
        new(Encoding.UTF8.GetBytes(path), [], [Acl.Open], 0, returnsStat: false);
}
