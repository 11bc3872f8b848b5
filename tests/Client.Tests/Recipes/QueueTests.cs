using System.Text;
using Coordination.Client.Recipes;
using Coordination.Client.Tests.Sessions;

namespace Coordination.Client.Tests.Recipes;

/// <summary>Elements come in their order, each to one consumer, and none is lost.</summary>
public sealed class QueueTests(Servers servers) : ClientTest(servers)
{
    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public async Task Each_element_is_taken_by_one(ServerKind kind)
    {
        string path = NewPath();
        await using var producer = await ConnectAsync(kind);
        var queue = new DistributedQueue(producer, path + "/queue", path + "/claims");
        var taken = new List<string>();
        var consuming = Enumerable.Range(0, 3).Select(async _ =>
        {
            await using var client = await ConnectAsync(kind);
            var own = new DistributedQueue(client, path + "/queue", path + "/claims");
            while (true)
            {
                await using var item = await own.TakeAsync().WaitAsync(Soon);
                Assert.True(await item.CompleteAsync());
                string text = Encoding.UTF8.GetString(item.Data.Span);
                if (text == "end")
                    return;
                lock (taken)
                    taken.Add(text);
            }
        }).ToArray();
        for (int i = 0; i < 30; i++)
            await queue.PutAsync(Encoding.UTF8.GetBytes($"{i}"));
        for (int i = 0; i < 3; i++)
            await queue.PutAsync("end"u8.ToArray());
        await Task.WhenAll(consuming);
        Assert.Equal(Enumerable.Range(0, 30), taken.Select(int.Parse).Order());
        Assert.Empty((await producer.GetChildrenAsync(path + "/queue")).Names);
        Assert.Empty((await producer.GetChildrenAsync(path + "/claims")).Names);
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public async Task What_a_consumer_has_claimed_is_not_lost_with_it(ServerKind kind)
    {
        await using var proxy = Network(kind);
        await using var client = await ConnectAsync(kind);
        await using var victim = await ConnectAsync(Options(proxy));
        string path = NewPath();
        var queue = new DistributedQueue(client, path + "/queue", path + "/claims");
        await queue.PutAsync("one"u8.ToArray());
        var claimed = await new DistributedQueue(victim, path + "/queue", path + "/claims").TakeAsync().WaitAsync(Soon);
        var claimedIn = victim.Session!;
        var waiting = queue.TakeAsync();
        await client.SyncAsync();
        Assert.False(waiting.IsCompleted);
        await SessionThief.EndAsync(proxy, claimedIn);
        var again = await waiting.WaitAsync(Soon);
        Assert.Equal("one", Encoding.UTF8.GetString(again.Data.Span));
        Assert.True(again.FencingToken > claimed.FencingToken);
        // Who woke up late cannot take it out, in its next session either.
        await EventuallyAsync("the next session", () => victim.Session is { } next && next.Id != claimedIn.Id);
        Assert.False(await claimed.CompleteAsync());
        await claimed.DisposeAsync();
        Assert.True(await again.CompleteAsync());
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public async Task Priorities_and_delays_order_elements(ServerKind kind)
    {
        await using var client = await ConnectAsync(kind);
        string path = NewPath();
        var queue = new DistributedQueue(client, path + "/queue", path + "/claims");
        foreach (int priority in (int[])[3, -5, 0, 3, -7])
            await queue.PutWithPriorityAsync(Encoding.UTF8.GetBytes($"{priority}"), priority);
        Assert.Equal(["-7", "-5", "0", "3", "3"], await DrainAsync(queue, 5));

        var delayed = new DistributedQueue(client, path + "/delayed", path + "/delayed-claims");
        var now = DateTimeOffset.UtcNow;
        await delayed.PutDelayedAsync("later"u8.ToArray(), now + TimeSpan.FromMilliseconds(700));
        await delayed.PutDelayedAsync("sooner"u8.ToArray(), now + TimeSpan.FromMilliseconds(300));
        Assert.Equal(["sooner", "later"], await DrainAsync(delayed, 2));
        Assert.True(DateTimeOffset.UtcNow - now >= TimeSpan.FromMilliseconds(699));
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public async Task Elements_are_put_along_with_a_transaction_or_not_at_all(ServerKind kind)
    {
        await using var client = await ConnectAsync(kind);
        string path = NewPath();
        await client.CreateAsync(path);
        var queue = new DistributedQueue(client, path + "/queue", path + "/claims");
        var latch = new LeaderLatch(client, path + "/leader");
        var lead = await latch.LeadAsync().WaitAsync(Soon);
        ReadOnlyMemory<byte>[] elements = ["one"u8.ToArray(), "two"u8.ToArray()];
        // The queue is missing, and made.
        await queue.PutAllAsync(elements, client.BeginTransaction().Check(lead.Path).SetData(path, "put"u8.ToArray(), 0));
        Assert.Equal(["one", "two"], await DrainAsync(queue, 2));
        Assert.Equal("put", (await client.GetDataAsync(path)).Text);

        await latch.DisposeAsync();
        var refused = await Assert.ThrowsAsync<TransactionFailedException>(async () => await queue.PutAllAsync(
            elements, client.BeginTransaction().Check(lead.Path).SetData(path, "put again"u8.ToArray())));
        Assert.Equal(0, refused.Index);
        Assert.Equal("put", (await client.GetDataAsync(path)).Text);
        Assert.Empty((await client.GetChildrenAsync(path + "/queue")).Names);
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public async Task Lost_answers_and_cancelled_waits_keep_no_element_from_anybody(ServerKind kind)
    {
        await using var proxy = Network(kind);
        await using var client = await ConnectAsync(Options(proxy));
        await using var other = await ConnectAsync(kind);
        string path = NewPath();
        var queue = new DistributedQueue(client, path + "/queue", path + "/claims");
        var theirs = new DistributedQueue(other, path + "/queue", path + "/claims");
        using (var cancellation = new CancellationTokenSource())
        {
            var cancelled = queue.TakeAsync(cancellation.Token);
            await EventuallyAsync("the queue is there", async () => await other.ExistsAsync(path + "/claims") is not null);
            await cancellation.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        }
        for (int i = 0; i < 5; i++)
        {
            // Whichever answer it is that is lost: to a list, to the claim, to what is read of it.
            var taking = queue.TakeAsync();
            await theirs.PutAsync("element"u8.ToArray());
            proxy.SilenceAnswers();
            await Task.Yield();
            proxy.Refuse();
            proxy.Restore();
            await using var item = await taking.WaitAsync(Soon);
            Assert.Equal("element", Encoding.UTF8.GetString(item.Data.Span));
            proxy.SilenceAnswers();
            var completing = item.CompleteAsync();
            proxy.Refuse();
            proxy.Restore();
            Assert.True(await completing.AsTask().WaitAsync(Soon));
            Assert.Empty((await other.GetChildrenAsync(path + "/claims")).Names);
            Assert.Empty((await other.GetChildrenAsync(path + "/queue")).Names);
        }
    }

    private static async Task<List<string>> DrainAsync(DistributedQueue queue, int count)
    {
        var taken = new List<string>();
        while (taken.Count < count)
        {
            await using var item = await queue.TakeAsync().WaitAsync(Soon);
            taken.Add(Encoding.UTF8.GetString(item.Data.Span));
            await item.CompleteAsync();
        }
        return taken;
    }
}
