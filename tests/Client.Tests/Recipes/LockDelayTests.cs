using System.Diagnostics;
using Coordination.Client.Recipes;
using Coordination.Client.Tests.Sessions;

namespace Coordination.Client.Tests.Recipes;

/// <summary>When a holder is lost, nobody follows for a while; when it gives the lock back, the next one does at once.</summary>
public sealed class LockDelayTests(Servers servers) : ClientTest(servers)
{
    private static readonly TimeSpan s_delay = TimeSpan.FromSeconds(1);

    // So long that no test would pass that waits for it.
    private static readonly TimeSpan s_long = TimeSpan.FromHours(1);

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public async Task Who_is_lost_is_followed_after_the_delay_only(ServerKind kind)
    {
        await using var proxy = Network(kind);
        await using var victim = await ConnectAsync(Options(proxy));
        await using var client = await ConnectAsync(kind);
        string path = NewPath();
        // It is the lost holder's delay that counts, and everybody obeys.
        var lost = await new DistributedLock(victim, path) { LockDelay = s_delay }.AcquireAsync();
        var mutex = new DistributedLock(client, path);
        var waiting = mutex.AcquireAsync();
        await EventuallyAsync("it queues", async () => (await mutex.GetContendersAsync()).Count == 2);
        var clock = Stopwatch.StartNew();
        await SessionThief.EndAsync(proxy, lost.Session);
        var next = await waiting.WaitAsync(Soon);
        Assert.True(clock.Elapsed >= s_delay, $"it was followed after {clock.Elapsed}");
        Assert.True(next.FencingToken > lost.FencingToken);
        // The delay is over for all.
        Assert.Equal([next.Path], (await client.GetChildrenAsync(path)).Names.Select(name => $"{path}/{name}"));
        await next.DisposeAsync();

        // Nobody waited when this one was lost, and who comes then does not follow at once either.
        var again = await new DistributedLock(victim, path) { LockDelay = s_delay }.AcquireAsync();
        await SessionThief.EndAsync(proxy, again.Session);
        await EventuallyAsync("it is gone", async () => (await mutex.GetContendersAsync()).Count == 0);
        clock.Restart();
        await using var last = await mutex.AcquireAsync().WaitAsync(Soon);
        Assert.True(clock.Elapsed >= s_delay, $"it was followed after {clock.Elapsed}");
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public async Task Who_gives_it_back_is_followed_at_once(ServerKind kind)
    {
        await using var proxy = Network(kind);
        await using var client = await ConnectAsync(Options(proxy));
        string path = NewPath();
        var mutex = new DistributedLock(client, path) { LockDelay = s_long };
        for (int i = 0; i < 3; i++)
        {
            var held = await mutex.AcquireAsync().WaitAsync(Soon);
            var waiting = mutex.AcquireAsync();
            await EventuallyAsync("it queues", async () => (await mutex.GetContendersAsync()).Count == 2);
            // The answers to what is asked meanwhile may be lost.
            proxy.Cut();
            await held.DisposeAsync();
            await (await waiting.WaitAsync(Soon)).DisposeAsync();
        }
        await using (var several = await new DistributedMultiLock(client, [path, path + "-b"]) { LockDelay = s_long }.AcquireAsync().WaitAsync(Soon))
            Assert.True(several.IsHeld);
        Assert.Empty((await client.GetChildrenAsync(path)).Names);
        Assert.Throws<ArgumentOutOfRangeException>(() => new DistributedLock(client, path) { LockDelay = TimeSpan.FromHours(2) });
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public async Task A_lost_reader_keeps_writers_out_and_no_readers(ServerKind kind)
    {
        await using var proxy = Network(kind);
        await using var victim = await ConnectAsync(Options(proxy));
        await using var client = await ConnectAsync(kind);
        string path = NewPath();
        var lost = await new DistributedReadWriteLock(victim, path) { LockDelay = s_long }.AcquireReadAsync();
        await SessionThief.EndAsync(proxy, lost.Session);
        var both = new DistributedReadWriteLock(client, path);
        await (await both.AcquireReadAsync().WaitAsync(Soon)).DisposeAsync();
        Assert.Null(await both.TryAcquireWriteAsync(TimeSpan.FromMilliseconds(200)));
        Assert.Single((await client.GetChildrenAsync(path)).Names);
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public async Task A_lost_leader_is_followed_after_the_delay_only(ServerKind kind)
    {
        await using var proxy = Network(kind);
        await using var victim = await ConnectAsync(Options(proxy));
        await using var client = await ConnectAsync(kind);
        string path = NewPath();
        var first = new LeaderLatch(victim, path, "first") { LockDelay = s_delay };
        var lead = await first.LeadAsync().WaitAsync(Soon);
        await using var second = new LeaderLatch(client, path, "second") { LockDelay = s_long };
        var next = second.LeadAsync();
        await EventuallyAsync("both stand", async () => (await LeaderLatch.GetCandidatesAsync(client, path)).Count == 2);
        var clock = Stopwatch.StartNew();
        await SessionThief.EndAsync(proxy, lead.Session);
        Assert.True((await next.WaitAsync(Soon)).FencingToken > lead.FencingToken);
        Assert.True(clock.Elapsed >= s_delay, $"it was followed after {clock.Elapsed}");
        await using var observer = await LeaderObserver.StartAsync(client, path);
        Assert.Equal("second", observer.Leader);
        // Who resigns is followed at once.
        var again = first.LeadAsync();
        await second.DisposeAsync();
        await again.WaitAsync(Soon);
        await first.DisposeAsync();
    }

    [Fact]
    public void Only_marks_are_marks()
    {
        const string Holder = "_c_2b8c4d5e-6f70-4a81-92b3-c4d5e6f70819-lock-0000000007";
        var mark = HoldMark.For(Holder, TimeSpan.FromSeconds(15), isShared: true);
        Assert.Equal("held-2b8c4d5e-6f70-4a81-92b3-c4d5e6f70819-15000s", mark.Name);
        Assert.True(HoldMark.TryParse(mark.Name, out var read));
        Assert.Equal(mark, read);
        Assert.StartsWith(mark.Holder, Holder);
        Assert.False(SequentialName.TryGetNumber(mark.Name, out _));
        foreach (string other in (string[])[Holder, "held-", "held-x", "held-1-x", mark.Name[..^1], mark.Name.Replace("15000", "3600001"), mark.Name.Replace("15000", "")])
            Assert.False(HoldMark.TryParse(other, out _), other);
    }
}
