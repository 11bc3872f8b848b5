using System.Globalization;
using Coordination.Testing;
using Coordination.Testing.RawProtocol;

namespace Coordination.Cluster.Tests;

/// <summary>What silos have beyond ZooKeeper's protocol, begun at one and gone on with at another.</summary>
public sealed class ExtensionTests : IAsyncLifetime
{
    private const int Children = 300;
    private const int PageSize = 100;

    private SiloCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await SiloCluster.StartAsync();

    public Task DisposeAsync() => _cluster.DisposeAsync().AsTask();

    [Fact]
    public async Task A_walk_over_children_goes_on_at_another_silo_as_of_the_same_zxid()
    {
        await using var writer = await _cluster.ConnectAsync(2);
        string[] names = await CreateChildrenAsync(writer, "/walk");
        var walker = await _cluster.ConnectAsync(0);
        await walker.SyncAsync("/");
        var page = (await walker.GetChildrenPageAsync("/walk", "", PageSize, -1)).Value;
        Assert.Equal((Children, false), (page.Total, page.IsLast));
        var children = new List<ListedChild>(page.Children);
        var set = (await writer.SetDataAsync($"/walk/{names[^1]}", [2])).Value;
        foreach (int silo in (int[])[1, 2])
        {
            var moved = await _cluster.MoveAsync(walker, silo);
            await walker.DisposeAsync();
            walker = moved;
            await walker.SyncAsync("/");
            page = (await walker.GetChildrenPageAsync("/walk", children[^1].Name, PageSize, page.Zxid)).Value;
            Assert.Equal(Children, page.Total);
            children.AddRange(page.Children);
        }
        Assert.True(page.IsLast);
        Assert.Equal(names, children.Select(static child => child.Name));
        Assert.All(children.SkipLast(1), static child => Assert.True(child is { State: 0, Data: [1] }));
        Assert.True(children[^1] is { State: 1, Data: [2] });
        Assert.Equal(set.Mzxid, children[^1].Stat!.Value.Mzxid);
        await walker.DisposeAsync();
    }

    [Fact]
    public async Task A_walk_that_no_silo_can_make_again_goes_on_where_it_began_and_nowhere_else()
    {
        await using var writer = await _cluster.ConnectAsync(2);
        string[] names = await CreateChildrenAsync(writer, "/gone");
        await using var walker = await _cluster.ConnectAsync(0);
        await walker.SyncAsync("/");
        var page = (await walker.GetChildrenPageAsync("/gone", "", PageSize, -1)).Value;
        await writer.DeleteAsync($"/gone/{names[150]}");
        await writer.CreateAsync("/gone/0150a", null);
        await using var other = await _cluster.ConnectAsync(1);
        await other.SyncAsync("/");
        Assert.Equal(
            ErrorCode.HistoryLost, (await other.GetChildrenPageAsync("/gone", page.Children[^1].Name, PageSize, page.Zxid)).Error);
        await walker.SyncAsync("/");
        var next = (await walker.GetChildrenPageAsync("/gone", page.Children[^1].Name, PageSize, page.Zxid)).Value;
        Assert.Equal(names[PageSize..(2 * PageSize)], next.Children.Select(static child => child.Name));
        Assert.Equal(2, next.Children[150 - PageSize].State);
    }

    [Fact]
    public async Task A_tree_is_deleted_once_or_not_at_all_while_its_session_moves()
    {
        var client = await _cluster.ConnectAsync(0);
        for (int round = 1; round <= 6; round++)
        {
            string top = $"/tree-{round}";
            await CreateChildrenAsync(client, top);
            var deleting = client.DeleteTreeAsync(top);
            var moved = await _cluster.MoveAsync(client, round % 3);
            bool isAcknowledged = await IsAcknowledgedAsync(deleting);
            await client.DisposeAsync();
            client = moved;
            int[] there = await Task.WhenAll(_cluster.EndPoints.Select(endPoint => CountAsync(endPoint, top)));
            Assert.Single(there.Distinct());
            Assert.True(there[0] == -1 || (there[0] == Children && !isAcknowledged), $"{there[0]} of {Children} children are there");
            // Whichever it was: asked once more, it is gone.
            var again = await client.DeleteTreeAsync(top);
            Assert.Equal(there[0] == -1 ? ErrorCode.NoNode : ErrorCode.Ok, again.Error);
            if (again.IsOk)
                Assert.Equal(Children + 1, again.Value);
        }
        await client.DisposeAsync();
    }

    [Fact]
    public async Task Who_holds_a_lock_writes_through_every_silo_until_it_is_gone_at_one()
    {
        await using var client = await _cluster.ConnectAsync(0);
        long token = (await client.Create2Async("/lock", null, CreateMode.Ephemeral)).Value.Stat.Czxid;
        await client.CreateAsync("/protected", null);
        await using var moved = await _cluster.MoveAsync(client, 1);
        await using var other = await _cluster.ConnectAsync(2);
        Assert.True(await WriteHeldAsync(moved, token));
        Assert.True(await WriteHeldAsync(other, token));
        Assert.False(await WriteHeldAsync(other, token - 1));
        // Sent behind each other to two silos: whoever has the lock next has it before the late write is judged.
        await moved.DeleteAsync("/lock");
        await moved.CreateAsync("/lock", null, CreateMode.Ephemeral);
        Assert.False(await WriteHeldAsync(other, token));
        Assert.Equal(2, (await moved.ExistsAsync("/protected")).Value.Version);
    }

    private static async Task<bool> WriteHeldAsync(RawZooKeeperClient client, long token)
    {
        var results = (await client.MultiAsync(
            MultiOperation.CheckHeld("/lock", token), MultiOperation.SetData("/protected", [1]))).Value;
        Assert.Contains(results[0].Error, (ErrorCode[])[ErrorCode.Ok, ErrorCode.NoNode]);
        return results[0].Error == ErrorCode.Ok;
    }

    private static async Task<string[]> CreateChildrenAsync(RawZooKeeperClient client, string path)
    {
        string[] names = [.. Enumerable.Range(0, Children).Select(static i => i.ToString("d4", CultureInfo.InvariantCulture))];
        Assert.True((await client.CreateAsync(path, null)).IsOk);
        Assert.True((await client.MultiAsync([.. names.Select(name => MultiOperation.Create($"{path}/{name}", [1]))])).IsOk);
        return names;
    }

    // -1 where it is not there itself.
    private static async Task<int> CountAsync(System.Net.IPEndPoint silo, string path)
    {
        await using var client = await RawZooKeeperClient.ConnectAsync(silo);
        await client.SyncAsync("/");
        var stat = await client.ExistsAsync(path);
        return stat.IsOk ? stat.Value.NumChildren : -1;
    }

    private static async Task<bool> IsAcknowledgedAsync(Task<Reply<int>> deleting)
    {
        try
        {
            return (await deleting).IsOk;
        }
        catch (ConnectionLostException)
        {
            return false;
        }
    }
}
