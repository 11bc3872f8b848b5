using Coordination.Client.Recipes;
using Coordination.Client.Tests.Sessions;

namespace Coordination.Client.Tests.Recipes;

/// <summary>Locks exclude, are fair, and are lost when they have to be.</summary>
public sealed class LockTests(Servers servers) : ClientTest(servers)
{
    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public async Task A_lock_has_one_holder_at_a_time_and_tokens_grow(ServerKind kind)
    {
        string path = NewPath() + "/locks/daily";
        int inside = 0;
        var tokens = new List<long>();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            await using var client = await ConnectAsync(kind);
            var mutex = new DistributedLock(client, path);
            for (int i = 0; i < 10; i++)
            {
                await using var handle = await mutex.AcquireAsync().WaitAsync(Soon);
                Assert.Equal(1, Interlocked.Increment(ref inside));
                tokens.Add(handle.FencingToken);
                await Task.Yield();
                Assert.True(handle.IsHeld);
                Interlocked.Decrement(ref inside);
            }
        }));
        Assert.Equal(40, tokens.Count);
        Assert.Equal(tokens.Order().Distinct(), tokens);
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public async Task A_lock_goes_to_who_asked_first(ServerKind kind)
    {
        await using var client = await ConnectAsync(kind);
        string path = NewPath();
        var order = new List<int>();
        var holder = await new DistributedLock(client, path, "first").AcquireAsync();
        var waiting = new List<Task>();
        for (int i = 0; i < 5; i++)
        {
            int number = i;
            var mutex = new DistributedLock(client, path, $"waits {i}");
            waiting.Add(Task.Run(async () =>
            {
                await using var handle = await mutex.AcquireAsync();
                order.Add(number);
            }));
            await EventuallyAsync("it queues", async () => (await mutex.GetContendersAsync()).Count == number + 2);
        }
        Assert.Equal("first", (await new DistributedLock(client, path).GetContendersAsync())[0]);
        await holder.DisposeAsync();
        await Task.WhenAll(waiting).WaitAsync(Soon);
        Assert.Equal([0, 1, 2, 3, 4], order);
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public async Task Who_gives_up_waiting_leaves_the_queue(ServerKind kind)
    {
        await using var client = await ConnectAsync(kind);
        string path = NewPath();
        var mutex = new DistributedLock(client, path);
        await using var holder = await mutex.AcquireAsync();
        Assert.Null(await mutex.TryAcquireAsync(TimeSpan.FromMilliseconds(100)));
        using var cancellation = new CancellationTokenSource();
        var cancelled = mutex.AcquireAsync(cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        await EventuallyAsync("only the holder is left", async () => (await mutex.GetContendersAsync()).Count == 1);
        Assert.True(holder.IsHeld);

        var again = holder.Reenter();
        await again.DisposeAsync();
        Assert.True(holder.IsHeld);
        await holder.DisposeAsync();
        Assert.False(holder.IsHeld);
        Assert.Throws<ObjectDisposedException>(() => holder.Reenter());
        Assert.False(holder.LostToken.IsCancellationRequested);
        await using var next = await mutex.TryAcquireAsync(Soon);
        Assert.NotNull(next);
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public async Task A_lock_is_lost_with_its_session_and_a_waiter_goes_on_in_the_next(ServerKind kind)
    {
        await using var proxy = Network(kind);
        await using var client = await ConnectAsync(Options(proxy));
        await using var other = await ConnectAsync(kind);
        string path = NewPath();
        var held = await new DistributedLock(client, path).AcquireAsync();
        var waiter = new DistributedLock(client, path).AcquireAsync();
        var others = new DistributedLock(other, path).AcquireAsync();
        await EventuallyAsync("all queue", async () => (await other.GetChildrenAsync(path)).Names.Count == 3);
        var lost = new TaskCompletionSource();
        held.LostToken.Register(lost.SetResult);
        await SessionThief.EndAsync(proxy, client.Session!);
        await lost.Task.WaitAsync(Soon);
        Assert.False(held.IsHeld);
        var next = await others.WaitAsync(Soon);
        Assert.True(next.FencingToken > held.FencingToken);
        await next.DisposeAsync();
        await using var last = await waiter.WaitAsync(Soon);
        Assert.True(last.FencingToken > next.FencingToken);
        Assert.Equal(client.Session!.Id, (await other.ExistsAsync(last.Path))!.Value.EphemeralOwner);
        await held.DisposeAsync();
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public async Task A_lock_is_lost_when_its_znode_is_deleted(ServerKind kind)
    {
        await using var client = await ConnectAsync(kind);
        await using var handle = await new DistributedLock(client, NewPath()).AcquireAsync();
        var lost = new TaskCompletionSource();
        handle.LostToken.Register(lost.SetResult);
        await client.DeleteAsync(handle.Path);
        await lost.Task.WaitAsync(Soon);
        Assert.False(handle.IsHeld);
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public async Task Lost_answers_leave_nobody_in_the_queue(ServerKind kind)
    {
        await using var proxy = Network(kind);
        await using var client = await ConnectAsync(Options(proxy));
        string path = NewPath();
        var mutex = new DistributedLock(client, path);
        for (int i = 0; i < 5; i++)
        {
            proxy.SilenceAnswers();
            var acquiring = mutex.AcquireAsync();
            // Sent, done or not, and never answered.
            proxy.Refuse();
            proxy.Restore();
            var handle = await acquiring.WaitAsync(Soon);
            Assert.True(handle.IsHeld);
            proxy.SilenceAnswers();
            var releasing = handle.DisposeAsync();
            proxy.Refuse();
            proxy.Restore();
            await releasing.AsTask().WaitAsync(Soon);
            Assert.Empty((await client.GetChildrenAsync(path)).Names);
        }
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public async Task Readers_share_and_writers_do_not(ServerKind kind)
    {
        await using var client = await ConnectAsync(kind);
        var both = new DistributedReadWriteLock(client, NewPath());
        var first = await both.AcquireReadAsync();
        var second = await both.AcquireReadAsync();
        var writing = both.AcquireWriteAsync();
        Assert.Null(await both.TryAcquireWriteAsync(TimeSpan.FromMilliseconds(50)));
        // Who waits to write is not overtaken.
        Assert.Null(await both.TryAcquireReadAsync(TimeSpan.FromMilliseconds(50)));
        await first.DisposeAsync();
        Assert.False(writing.IsCompleted);
        await second.DisposeAsync();
        var writer = await writing.WaitAsync(Soon);
        var third = both.AcquireReadAsync();
        var fourth = both.AcquireReadAsync();
        Assert.Null(await both.TryAcquireReadAsync(TimeSpan.FromMilliseconds(50)));
        await writer.DisposeAsync();
        await (await third.WaitAsync(Soon)).DisposeAsync();
        await (await fourth.WaitAsync(Soon)).DisposeAsync();
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public async Task A_semaphore_gives_out_so_many_leases(ServerKind kind)
    {
        await using var client = await ConnectAsync(kind);
        await using var other = await ConnectAsync(kind);
        string path = NewPath();
        var ours = new DistributedSemaphore(client, path, 2);
        var theirs = new DistributedSemaphore(other, path, 2);
        var first = await ours.AcquireAsync();
        var second = await theirs.AcquireAsync();
        Assert.Null(await ours.TryAcquireAsync(TimeSpan.FromMilliseconds(100)));
        var third = theirs.AcquireAsync();
        await first.DisposeAsync();
        var lease = await third.WaitAsync(Soon);
        Assert.True(lease.IsHeld);
        Assert.True(second.IsHeld);
        await lease.DisposeAsync();
        await second.DisposeAsync();
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public async Task Several_locks_are_held_together(ServerKind kind)
    {
        await using var client = await ConnectAsync(kind);
        string path = NewPath();
        var one = new DistributedMultiLock(client, [path + "/b", path + "/a"]);
        var other = new DistributedMultiLock(client, [path + "/b", path + "/c"]);
        var held = await one.AcquireAsync();
        Assert.True(held.IsHeld);
        Assert.Null(await other.TryAcquireAsync(TimeSpan.FromMilliseconds(100)));
        await held.DisposeAsync();
        await using var next = await other.TryAcquireAsync(Soon);
        Assert.NotNull(next);
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public async Task Leases_and_several_locks_are_lost_too(ServerKind kind)
    {
        await using var proxy = Network(kind);
        await using var victim = await ConnectAsync(Options(proxy));
        await using var client = await ConnectAsync(kind);
        string path = NewPath();
        var lease = await new DistributedSemaphore(victim, path + "/slots", 1).AcquireAsync();
        var several = await new DistributedMultiLock(victim, [path + "/a", path + "/b"]).AcquireAsync();
        var waiting = new DistributedSemaphore(client, path + "/slots", 1).AcquireAsync();
        // One that waits for its turn, and one that waits for a lease.
        var queued = new DistributedSemaphore(victim, path + "/slots", 1).AcquireAsync();
        var leaseLost = new TaskCompletionSource();
        lease.LostToken.Register(leaseLost.SetResult);
        var oneLost = new TaskCompletionSource();
        several.LostToken.Register(oneLost.SetResult);
        await client.DeleteAsync(several.Handles[0].Path);
        await oneLost.Task.WaitAsync(Soon);
        Assert.False(several.IsHeld);
        Assert.True(several.Handles[1].IsHeld);
        Assert.False(leaseLost.Task.IsCompleted);
        await SessionThief.EndAsync(proxy, lease.Session);
        await leaseLost.Task.WaitAsync(Soon);
        var next = await waiting.WaitAsync(Soon);
        Assert.True(next.FencingToken > lease.FencingToken);
        await next.DisposeAsync();
        // In its next session.
        await using var last = await queued.WaitAsync(Soon);
        Assert.True(last.FencingToken > next.FencingToken);
        await several.DisposeAsync();
        await lease.DisposeAsync();
    }
}
