using System.Text;
using Coordination.Client.Recipes;
using Coordination.Client.Tests.Sessions;

namespace Coordination.Client.Tests.Curator;

/// <summary>A program on Curator and one on this client share locks, leaders, barriers, queues, counters and
/// groups.</summary>
public sealed class SharedWithCuratorTests(Servers servers) : ClientTest(servers)
{
    private static readonly TimeSpan s_while = TimeSpan.FromMilliseconds(100);

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    public async Task Locks_are_shared(ServerKind kind)
    {
        await using var partner = CuratorPartner.Start(Server(kind));
        await using var client = await ConnectAsync(kind);
        string path = NewPath();
        await MutexIsSharedAsync(partner, client, path + "/mutex");
        await ReadWriteLockIsSharedAsync(partner, client, path + "/both");
        await SemaphoreIsSharedAsync(partner, client, path + "/semaphore");
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    public async Task A_leader_is_shared(ServerKind kind)
    {
        await using var partner = CuratorPartner.Start(Server(kind));
        await using var client = await ConnectAsync(kind);
        string path = NewPath();
        var ours = new LeaderLatch(client, path, "ours");
        await ours.LeadAsync().WaitAsync(Soon);
        Assert.Equal("done", await partner.TellAsync($"stand {path} theirs"));
        await EventuallyAsync(
            "both stand", async () => (await LeaderLatch.GetCandidatesAsync(client, path)).SequenceEqual(["ours", "theirs"]));
        Assert.Equal("ours", await partner.TellAsync($"leader {path}"));
        await ours.DisposeAsync();
        Assert.Equal("true", await partner.TellAsync($"lead {path}"));
        await using var again = new LeaderLatch(client, path, "again");
        var leading = again.LeadAsync();
        await EventuallyAsync(
            "both stand", async () => (await LeaderLatch.GetCandidatesAsync(client, path)).SequenceEqual(["theirs", "again"]));
        Assert.False(again.IsLeader);
        Assert.Equal("done", await partner.TellAsync($"resign {path}"));
        await leading.WaitAsync(Soon);
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    public async Task Turns_to_lead_are_shared(ServerKind kind)
    {
        await using var partner = CuratorPartner.Start(Server(kind));
        await using var client = await ConnectAsync(kind);
        string path = NewPath();
        var ours = new LeaderSelector(client, path, "ours");
        await ours.LeadAsync(async (_, cancellationToken) =>
        {
            Assert.Equal("done", await partner.TellAsync($"contend {path} theirs"));
            await EventuallyAsync(
                "both stand", async () => (await ours.GetCandidatesAsync(cancellationToken)).SequenceEqual(["ours", "theirs"]));
        });
        Assert.Equal("true", await partner.TellAsync($"turn {path}"));
        await using var observer = await LeaderObserver.StartAsync(client, path);
        Assert.Equal("theirs", observer.Leader);
        var led = ours.LeadAsync(static (lead, _) => Task.FromResult(lead.FencingToken));
        await EventuallyAsync("both stand", async () => (await ours.GetCandidatesAsync()).SequenceEqual(["theirs", "ours"]));
        Assert.False(led.IsCompleted);
        Assert.Equal("done", await partner.TellAsync($"end {path}"));
        await led.WaitAsync(Soon);
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    public async Task Curator_does_not_know_of_a_lock_delay(ServerKind kind)
    {
        await using var partner = CuratorPartner.Start(Server(kind));
        await using var proxy = Network(kind);
        await using var victim = await ConnectAsync(Options(proxy));
        await using var client = await ConnectAsync(kind);
        string path = NewPath();
        var delaying = new DistributedLock(victim, path) { LockDelay = TimeSpan.FromHours(1) };
        var held = await delaying.AcquireAsync();
        Assert.Equal("false", await partner.TellAsync($"lock {path} 100"));
        await held.DisposeAsync();
        Assert.Equal("true", await partner.TellAsync($"lock {path} 10000"));
        Assert.Equal("done", await partner.TellAsync($"unlock {path}"));
        var lost = await delaying.AcquireAsync();
        await SessionThief.EndAsync(proxy, lost.Session);
        // The mark is in nobody's way there, and keeps those out who know it.
        Assert.Equal("true", await partner.TellAsync($"lock {path} 10000"));
        Assert.Equal("done", await partner.TellAsync($"unlock {path}"));
        Assert.Null(await new DistributedLock(client, path).TryAcquireAsync(s_while));
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    public async Task Barriers_are_shared(ServerKind kind)
    {
        await using var partner = CuratorPartner.Start(Server(kind));
        await using var client = await ConnectAsync(kind);
        string path = NewPath();
        Assert.Equal("done", await partner.TellAsync($"set {path}/one"));
        var barrier = new DistributedBarrier(client, path + "/one");
        var waiting = barrier.WaitAsync().AsTask();
        await client.SyncAsync();
        Assert.False(waiting.IsCompleted);
        Assert.Equal("done", await partner.TellAsync($"lift {path}/one"));
        await waiting.WaitAsync(Soon);
        await barrier.SetAsync();
        var theirs = partner.TellAsync($"wait {path}/one");
        await barrier.LiftAsync();
        Assert.Equal("true", await theirs);

        var both = new DoubleBarrier(client, path + "/two", 2);
        var entering = partner.TellAsync($"enter {path}/two 2");
        await both.EnterAsync().WaitAsync(Soon);
        Assert.Equal("true", await entering);
        var leaving = both.LeaveAsync();
        Assert.Equal("true", await partner.TellAsync($"leave {path}/two"));
        await leaving.WaitAsync(Soon);
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    public async Task Queues_are_shared(ServerKind kind)
    {
        await using var partner = CuratorPartner.Start(Server(kind));
        await using var client = await ConnectAsync(kind);
        string path = NewPath();
        var queue = new DistributedQueue(client, path + "/queue", path + "/claims");
        Assert.Equal("done", await partner.TellAsync($"put {path}/queue {path}/claims theirs"));
        Assert.Equal("theirs", await TakeAsync(queue));
        Assert.Equal("done", await partner.TellAsync($"prefer {path}/queue 5 last"));
        Assert.Equal("done", await partner.TellAsync($"prefer {path}/queue -5 first"));
        await queue.PutWithPriorityAsync("middle"u8.ToArray(), 0);
        Assert.Equal(["first", "middle", "last"], [await TakeAsync(queue), await TakeAsync(queue), await TakeAsync(queue)]);

        Assert.Equal("done", await partner.TellAsync($"delay {path}/delayed 500 later"));
        Assert.Equal("done", await partner.TellAsync($"delay {path}/delayed 0 sooner"));
        var delayed = new DistributedQueue(client, path + "/delayed", path + "/delayed-claims");
        await delayed.PutDelayedAsync("first"u8.ToArray(), DateTimeOffset.UtcNow - TimeSpan.FromMinutes(1));
        Assert.Equal(["first", "sooner", "later"], [await TakeAsync(delayed), await TakeAsync(delayed), await TakeAsync(delayed)]);

        var toThem = new DistributedQueue(client, path + "/to", path + "/to-claims");
        await toThem.PutAsync("ours"u8.ToArray());
        Assert.Equal("done", await partner.TellAsync($"consume {path}/to {path}/to-claims"));
        Assert.Equal("ours", await partner.TellAsync($"consumed {path}/to"));
        await EventuallyAsync("it is gone", async () => (await client.GetChildrenAsync(path + "/to")).Names.Count == 0);
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    public async Task Counters_and_groups_are_shared(ServerKind kind)
    {
        await using var partner = CuratorPartner.Start(Server(kind));
        await using var client = await ConnectAsync(kind);
        string path = NewPath();
        var counter = new AtomicCounter(client, path + "/count");
        Assert.Equal(3, await counter.AddAsync(3));
        Assert.Equal("10", await partner.TellAsync($"add {path}/count 7"));
        Assert.Equal(10, await counter.GetAsync());

        await using var member = await GroupMember.JoinAsync(client, path + "/group", "ours", "x"u8.ToArray());
        Assert.Equal("done", await partner.TellAsync($"join {path}/group theirs load=1"));
        await EventuallyAsync("they are known to us", () => member.Members.TryGetValue("theirs", out var said)
            && said.Span.SequenceEqual("load=1"u8));
        await EventuallyAsync("and we to them", async () => await partner.TellAsync($"members {path}/group") == "ours,theirs");
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    public async Task Values_and_persistent_znodes_are_shared(ServerKind kind)
    {
        await using var partner = CuratorPartner.Start(Server(kind));
        await using var client = await ConnectAsync(kind);
        string path = NewPath();
        var value = new AtomicValue(client, path + "/value");
        Assert.Equal("true", await partner.TellAsync($"change {path}/value theirs"));
        var read = await value.GetAsync();
        Assert.Equal("theirs", read?.Text);
        Assert.True(await value.TrySetAsync("ours"u8.ToArray(), read));
        Assert.Equal("true", await partner.TellAsync($"change {path}/value again"));
        Assert.False(await value.TrySetAsync("never"u8.ToArray(), read));

        await using var cached = await CachedValue.StartAsync(client, path + "/shared");
        Assert.True(await cached.TrySetAsync("ours"u8.ToArray()));
        Assert.Equal("done", await partner.TellAsync($"share {path}/shared"));
        await EventuallyAsync("ours is known to them", async () => await partner.TellAsync($"shared {path}/shared") == "ours");
        Assert.Equal("true", await partner.TellAsync($"reshare {path}/shared theirs"));
        await EventuallyAsync("and theirs to us", () => cached.Current?.Text == "theirs");

        // Each waits for the other's znode to go.
        Assert.Equal("true", await partner.TellAsync($"keep {path}/node theirs"));
        await using var node = new PersistentNode(client, path + "/node", "ours"u8.ToArray());
        Assert.Equal("theirs", (await client.GetDataAsync(path + "/node")).Text);
        Assert.False(node.CreatedAsync().IsCompleted);
        Assert.Equal("done", await partner.TellAsync($"leave-off {path}/node"));
        await node.CreatedAsync().WaitAsync(Soon);
        Assert.Equal("ours", (await client.GetDataAsync(path + "/node")).Text);
    }

    private static async Task MutexIsSharedAsync(CuratorPartner partner, CoordinationClient client, string path)
    {
        var mutex = new DistributedLock(client, path);
        Assert.Equal("true", await partner.TellAsync($"lock {path} 10000"));
        Assert.Null(await mutex.TryAcquireAsync(s_while));
        var waiting = mutex.AcquireAsync();
        Assert.Equal("done", await partner.TellAsync($"unlock {path}"));
        var handle = await waiting.WaitAsync(Soon);
        Assert.Equal("false", await partner.TellAsync($"lock {path} 100"));
        await handle.DisposeAsync();
        Assert.Equal("true", await partner.TellAsync($"lock {path} 10000"));
        Assert.Equal("done", await partner.TellAsync($"unlock {path}"));
    }

    private static async Task ReadWriteLockIsSharedAsync(CuratorPartner partner, CoordinationClient client, string path)
    {
        var both = new DistributedReadWriteLock(client, path);
        Assert.Equal("true", await partner.TellAsync($"read {path} 10000"));
        var reading = await both.AcquireReadAsync();
        Assert.Null(await both.TryAcquireWriteAsync(s_while));
        Assert.Equal("done", await partner.TellAsync($"unread {path}"));
        Assert.Equal("false", await partner.TellAsync($"write {path} 100"));
        await reading.DisposeAsync();
        Assert.Equal("true", await partner.TellAsync($"write {path} 10000"));
        Assert.Null(await both.TryAcquireReadAsync(s_while));
        Assert.Equal("done", await partner.TellAsync($"unwrite {path}"));
        var writing = await both.TryAcquireWriteAsync(Soon);
        Assert.Equal("false", await partner.TellAsync($"read {path} 100"));
        await writing!.DisposeAsync();
    }

    private static async Task SemaphoreIsSharedAsync(CuratorPartner partner, CoordinationClient client, string path)
    {
        var semaphore = new DistributedSemaphore(client, path, 2);
        Assert.Equal("true", await partner.TellAsync($"lease {path} 2 10000"));
        var ours = await semaphore.AcquireAsync();
        Assert.Null(await semaphore.TryAcquireAsync(s_while));
        Assert.Equal("false", await partner.TellAsync($"lease {path} 2 100"));
        await ours.DisposeAsync();
        Assert.Equal("true", await partner.TellAsync($"lease {path} 2 10000"));
        var waiting = semaphore.AcquireAsync();
        Assert.Equal("done", await partner.TellAsync($"return {path}"));
        await (await waiting.WaitAsync(Soon)).DisposeAsync();
    }

    private static async Task<string> TakeAsync(DistributedQueue queue)
    {
        await using var item = await queue.TakeAsync().WaitAsync(Soon);
        await item.CompleteAsync();
        return Encoding.UTF8.GetString(item.Data.Span);
    }
}
