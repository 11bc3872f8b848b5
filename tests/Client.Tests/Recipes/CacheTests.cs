using System.Collections.Concurrent;
using Coordination.Client.Recipes;

namespace Coordination.Client.Tests.Recipes;

/// <summary>Caches follow, also over lost contact.</summary>
public sealed class CacheTests(Servers servers) : ClientTest(servers)
{
    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public async Task Each_scope_follows_what_is_in_it(ServerKind kind)
    {
        await using var client = await ConnectAsync(kind);
        await using var other = await ConnectAsync(kind);
        string path = NewPath();
        await other.EnsurePathAsync(path + "/a/b");
        var changes = new ConcurrentQueue<CacheChange>();
        await using var node = await ZnodeCache.StartAsync(client, path, CacheScope.Node);
        await using var children = await ZnodeCache.StartAsync(client, path, CacheScope.Children);
        await using var tree = await ZnodeCache.StartAsync(client, path, CacheScope.Tree, changes.Enqueue);
        Assert.Equal([path], node.Znodes.Keys);
        Assert.Equal([path, path + "/a"], children.Znodes.Keys.Order(StringComparer.Ordinal));
        Assert.Equal([path, path + "/a", path + "/a/b"], tree.Znodes.Keys.Order(StringComparer.Ordinal));

        await other.SetDataAsync(path, "root");
        await other.CreateAsync(path + "/a/c", "deep");
        await other.DeleteAsync(path + "/a/b");
        await EventuallyAsync("the tree follows", () => tree.TryGet(path + "/a/c", out var deep) && deep.Text == "deep"
            && !tree.TryGet(path + "/a/b", out _) && tree.TryGet(out var root) && root.Text == "root");
        Assert.Equal(["a"], tree.GetChildren(path));
        Assert.Equal(["c"], tree.GetChildren(path + "/a"));
        await EventuallyAsync("the others do", () => node.TryGet(out var root) && root.Text == "root"
            && children.TryGet(out root) && root.Text == "root");
        Assert.Single(node.Znodes);
        Assert.Equal(2, children.Znodes.Count);
        await EventuallyAsync("changes are told", () => changes.Any(change => change.Path == path + "/a/b" && change.Now is null));
        Assert.False(tree.IsStale);
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public async Task A_cache_answers_without_contact_and_catches_up(ServerKind kind)
    {
        await using var proxy = Network(kind);
        await using var client = await ConnectAsync(Options(proxy));
        await using var other = await ConnectAsync(kind);
        string path = NewPath();
        await other.EnsurePathAsync(path + "/gone");
        await using var cache = await ZnodeCache.StartAsync(client, path, CacheScope.Tree);
        proxy.Refuse();
        await ReachAsync(client, SessionState.Disconnected);
        Assert.True(cache.IsStale);
        Assert.True(cache.TryGet(path + "/gone", out _));
        await other.DeleteAsync(path + "/gone");
        await other.CreateAsync(path + "/new", "x");
        await other.SetDataAsync(path, "changed");
        proxy.Restore();
        await EventuallyAsync("it has caught up", () => !cache.IsStale && cache.TryGet(path + "/new", out _));
        Assert.False(cache.TryGet(path + "/gone", out _));
        Assert.True(cache.TryGet(out var root));
        Assert.Equal("changed", root.Text);
    }
}
