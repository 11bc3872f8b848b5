using Coordination.Client.Recipes;
using Coordination.Client.Tests.Sessions;

namespace Coordination.Client.Tests.Recipes;

/// <summary>One leads, and when it is gone another does.</summary>
public sealed class LeaderTests(Servers servers) : ClientTest(servers)
{
    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public async Task The_next_leads_when_the_first_resigns(ServerKind kind)
    {
        await using var client = await ConnectAsync(kind);
        string path = NewPath();
        var first = new LeaderLatch(client, path, "first");
        var lead = await first.LeadAsync().WaitAsync(Soon);
        await using var second = new LeaderLatch(client, path, "second");
        var next = second.LeadAsync();
        await EventuallyAsync("both stand", async () => (await LeaderLatch.GetCandidatesAsync(client, path)).Count == 2);
        Assert.Equal(["first", "second"], await LeaderLatch.GetCandidatesAsync(client, path));
        Assert.False(second.IsLeader);
        await first.DisposeAsync();
        Assert.True(lead.LostToken.IsCancellationRequested);
        Assert.False(lead.IsHeld);
        Assert.True((await next.WaitAsync(Soon)).FencingToken > lead.FencingToken);
        Assert.True(second.IsLeader);
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public async Task A_leader_whose_session_ends_stands_again(ServerKind kind)
    {
        await using var proxy = Network(kind);
        await using var client = await ConnectAsync(Options(proxy));
        await using var latch = new LeaderLatch(client, NewPath());
        var lead = await latch.LeadAsync().WaitAsync(Soon);
        var lost = new TaskCompletionSource();
        lead.LostToken.Register(lost.SetResult);
        await SessionThief.EndAsync(proxy, client.Session!);
        await lost.Task.WaitAsync(Soon);
        Leadership again;
        do
            again = await latch.LeadAsync().WaitAsync(Soon);
        while (again.FencingToken == lead.FencingToken);
        Assert.True(again.FencingToken > lead.FencingToken);
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public async Task Selectors_take_turns(ServerKind kind)
    {
        await using var client = await ConnectAsync(kind);
        string path = NewPath();
        int leading = 0;
        int terms = 0;
        using var over = new CancellationTokenSource();
        await Task.WhenAll(Enumerable.Range(0, 3).Select(async i =>
        {
            var selector = new LeaderSelector(client, path, $"{i}");
            int own = 0;
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => selector.LeadRepeatedlyAsync(
                async (lead, _) =>
                {
                    Assert.Equal(1, Interlocked.Increment(ref leading));
                    await Task.Yield();
                    Assert.True(lead.IsHeld);
                    Interlocked.Decrement(ref leading);
                    own++;
                    if (++terms == 30)
                        await over.CancelAsync();
                },
                over.Token));
            Assert.True(own >= 3, $"each has its turn, and {i} had {own}");
        })).WaitAsync(Soon);
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public async Task A_selector_whose_work_finds_its_session_ended_leads_again(ServerKind kind)
    {
        await using var proxy = Network(kind);
        await using var client = await ConnectAsync(Options(proxy));
        var tokens = new List<long>();
        using var over = new CancellationTokenSource(Soon * 2);
        string path = NewPath();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new LeaderSelector(client, path).LeadRepeatedlyAsync(
            async (lead, _) =>
            {
                tokens.Add(lead.FencingToken);
                if (tokens.Count == 2)
                {
                    await over.CancelAsync();
                    return;
                }
                var session = client.Session!;
                await SessionThief.EndAsync(proxy, session);
                await EventuallyAsync("it has ended", () => session.Ended.IsCancellationRequested);
                await client.BeginTransaction().In(session).Delete(lead.Path).CommitAsync();
            },
            over.Token));
        Assert.Equal(2, tokens.Count);
        Assert.True(tokens[1] > tokens[0]);
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public async Task An_observer_follows_the_leader(ServerKind kind)
    {
        await using var client = await ConnectAsync(kind);
        string path = NewPath();
        var told = System.Threading.Channels.Channel.CreateUnbounded<string?>();
        await using var observer = await LeaderObserver.StartAsync(client, path, leader => told.Writer.TryWrite(leader));
        Assert.Null(observer.Leader);
        Assert.False(observer.IsStale);
        var first = new LeaderLatch(client, path, "first");
        await first.LeadAsync().WaitAsync(Soon);
        Assert.Equal("first", await told.Reader.ReadAsync().AsTask().WaitAsync(Soon));
        var second = new LeaderLatch(client, path, "second");
        second.Start();
        await EventuallyAsync("both stand", async () => (await LeaderLatch.GetCandidatesAsync(client, path)).Count == 2);
        await first.DisposeAsync();
        Assert.Equal("second", await told.Reader.ReadAsync().AsTask().WaitAsync(Soon));
        Assert.Equal("second", observer.Leader);
        await second.DisposeAsync();
        Assert.Null(await told.Reader.ReadAsync().AsTask().WaitAsync(Soon));
    }
}
