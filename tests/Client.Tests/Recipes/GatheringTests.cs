using System.Text.Json.Serialization;
using Coordination.Client.Recipes;
using Coordination.Client.Tests.Sessions;

namespace Coordination.Client.Tests.Recipes;

/// <summary>Barriers hold, groups know their members, and persistent znodes stay.</summary>
public sealed partial class GatheringTests(Servers servers) : ClientTest(servers)
{
    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public async Task A_barrier_holds_until_it_is_lifted(ServerKind kind)
    {
        await using var client = await ConnectAsync(kind);
        await using var other = await ConnectAsync(kind);
        string path = NewPath() + "/barrier";
        var barrier = new DistributedBarrier(client, path);
        await barrier.WaitAsync();
        await barrier.SetAsync();
        var waiting = new DistributedBarrier(other, path).WaitAsync().AsTask();
        using var cancellation = new CancellationTokenSource();
        var cancelled = barrier.WaitAsync(cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.False(waiting.IsCompleted);
        await barrier.LiftAsync();
        await waiting.WaitAsync(Soon);
        await barrier.LiftAsync();
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public async Task A_double_barrier_gathers_at_both_ends(ServerKind kind)
    {
        string path = NewPath();
        for (int round = 0; round < 3; round++)
        {
            int entered = 0;
            int left = 0;
            await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
            {
                await using var client = await ConnectAsync(kind);
                var barrier = new DoubleBarrier(client, path, 4);
                Interlocked.Increment(ref entered);
                await barrier.EnterAsync().WaitAsync(Soon);
                Assert.Equal(4, Volatile.Read(ref entered));
                Interlocked.Increment(ref left);
                await barrier.LeaveAsync().WaitAsync(Soon);
                Assert.Equal(4, Volatile.Read(ref left));
            }));
        }
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public async Task Who_gives_up_at_a_double_barrier_is_in_nobody_s_way(ServerKind kind)
    {
        await using var proxy = Network(kind);
        await using var victim = await ConnectAsync(Options(proxy));
        await using var client = await ConnectAsync(kind);
        string path = NewPath();
        using var entering = new CancellationTokenSource();
        var cancelled = new DoubleBarrier(client, path, 2).EnterAsync(entering.Token);
        await EventuallyAsync("it is in", async () => await MembersAsync(client, path) == 1);
        await entering.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        await EventuallyAsync("it is out", async () => await MembersAsync(client, path) == 0);

        // One whose session ends is out, and told.
        var lost = new DoubleBarrier(victim, path, 2).EnterAsync();
        await EventuallyAsync("it is in", async () => await MembersAsync(client, path) == 1);
        await SessionThief.EndAsync(proxy, victim.Session!);
        await Assert.ThrowsAsync<SessionExpiredException>(() => lost.WaitAsync(Soon));
        await EventuallyAsync("it is out", async () => await MembersAsync(client, path) == 0);

        // One that does not wait for the others to be done is done itself.
        await victim.ConnectedAsync().WaitAsync(Soon);
        var first = new DoubleBarrier(client, path, 2);
        var second = new DoubleBarrier(victim, path, 2);
        await Task.WhenAll(first.EnterAsync(), second.EnterAsync()).WaitAsync(Soon);
        using var leaving = new CancellationTokenSource();
        var hurried = first.LeaveAsync(leaving.Token);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hurried);
        await second.LeaveAsync().WaitAsync(Soon);
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public async Task A_group_knows_its_members(ServerKind kind)
    {
        await using var proxy = Network(kind);
        await using var client = await ConnectAsync(kind);
        await using var other = await ConnectAsync(Options(proxy));
        string path = NewPath();
        await using var first = await GroupMember.JoinAsync(client, path, "first", "load=1"u8.ToArray());
        var second = await GroupMember.JoinAsync(other, path, "second");
        await EventuallyAsync("both are known to both", () => first.Members.Count == 2 && second.Members.Count == 2);
        first.SetData("load=2"u8.ToArray());
        await EventuallyAsync("what it says is known", () => second.Members["first"].Span.SequenceEqual("load=2"u8));

        // While contact is lost, what was known is known, and said to be stale.
        proxy.Refuse();
        await ReachAsync(other, SessionState.Disconnected);
        Assert.True(second.IsStale);
        Assert.Equal(2, second.Members.Count);
        await SessionThief.EndAsync(proxy, other.Session!);
        await EventuallyAsync("it joins again in its next session", () => !second.IsStale && first.Members.Count == 2);
        await second.DisposeAsync();
        await EventuallyAsync("it has left", () => first.Members.Keys.SequenceEqual(["first"]));
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public async Task A_persistent_node_comes_back(ServerKind kind)
    {
        await using var proxy = Network(kind);
        await using var client = await ConnectAsync(Options(proxy));
        await using var other = await ConnectAsync(kind);
        string path = NewPath() + "/nodes/worker";
        var node = new PersistentNode(client, path, "x"u8.ToArray());
        await node.CreatedAsync().WaitAsync(Soon);
        var created = (await other.ExistsAsync(path))!.Value;
        await other.DeleteAsync(path);
        await EventuallyAsync("it is created again", async () => await other.ExistsAsync(path) is { } stat && stat.Czxid > created.Czxid);
        var session = client.Session!;
        await SessionThief.EndAsync(proxy, session);
        await EventuallyAsync(
            "it is created in the next session",
            async () => await other.ExistsAsync(path) is { } stat && stat.EphemeralOwner != session.Id);
        node.SetData("y"u8.ToArray());
        await EventuallyAsync("its data is set", async () => (await other.GetDataAsync(path)).Text == "y");
        await node.DisposeAsync();
        Assert.Null(await other.ExistsAsync(path));

        await using var lasting = new PersistentNode(
            client, path, "x"u8.ToArray(), CreateOptions.WithTimeToLive(TimeSpan.FromMilliseconds(300)));
        await EventuallyAsync(
            "one with a time to live is set again", async () => await other.ExistsAsync(path) is { Version: >= 2 });
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public async Task A_registry_knows_the_instances_of_a_service(ServerKind kind)
    {
        await using var client = await ConnectAsync(kind);
        await using var other = await ConnectAsync(kind);
        string path = NewPath();
        var registry = new ServiceRegistry<Instance>(client, path, InstanceJson.Default.Instance);
        await using var known = await new ServiceRegistry<Instance>(other, path, InstanceJson.Default.Instance).FollowAsync("worker");
        var first = await registry.RegisterAsync("worker", "7", new Instance("10.0.0.7", 5000));
        await using var second = await registry.RegisterAsync("worker", "8", new Instance("10.0.0.8", 5000));
        await EventuallyAsync("both are known", () => known.Known.Count == 2);
        first.Update(new Instance("10.0.0.7", 5001));
        await EventuallyAsync("what it says is known", () => known.Known["7"] == new Instance("10.0.0.7", 5001));
        await other.CreateAsync(path + "/worker/garbage", "no JSON");
        await first.DisposeAsync();
        await EventuallyAsync("it is gone", () => known.Known.Keys.SequenceEqual(["8"]));
        Assert.False(known.IsStale);
    }

    private static async ValueTask<int> MembersAsync(CoordinationClient client, string path) =>
        await client.ExistsAsync(path) is null ? 0 : (await client.GetChildrenAsync(path)).Names.Count(static name => name != "ready");

    internal sealed record Instance(string Address, int Port);

    [JsonSerializable(typeof(Instance))]
    internal sealed partial class InstanceJson : JsonSerializerContext;
}
