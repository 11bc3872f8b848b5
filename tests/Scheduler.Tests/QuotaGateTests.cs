using Coordination.Scheduler.Coordinating;
using Coordination.Scheduler.Working;

namespace Coordination.Scheduler.Tests;

/// <summary>As many batches work as the quota lets in.</summary>
public sealed class QuotaGateTests
{
    [Fact]
    public async Task Whoever_came_first_goes_first()
    {
        var gate = new QuotaGate(new Quota(2, 10));
        await gate.EnterAsync(4, default);
        var big = gate.EnterAsync(8, default);
        var small = gate.EnterAsync(1, default);
        Assert.False(big.IsCompleted);
        Assert.False(small.IsCompleted);
        gate.Exit(4);
        await Task.WhenAll(big, small);
        var third = gate.EnterAsync(1, default);
        Assert.False(third.IsCompleted);
        gate.Exit(8);
        await third;
    }

    [Fact]
    public async Task A_change_counts_at_once()
    {
        var gate = new QuotaGate(new Quota(0, 10));
        var waiting = Enumerable.Range(0, 3).Select(_ => gate.EnterAsync(5, default)).ToArray();
        gate.Resize(new Quota(8, 10));
        await Task.WhenAll(waiting[0], waiting[1]);
        Assert.False(waiting[2].IsCompleted);
        gate.Resize(new Quota(1, 100));
        gate.Exit(5);
        Assert.False(waiting[2].IsCompleted);
        gate.Exit(5);
        await waiting[2];
    }

    [Fact]
    public async Task Whoever_gives_up_is_in_nobodys_way()
    {
        var gate = new QuotaGate(new Quota(8, 10));
        await gate.EnterAsync(5, default);
        using var giveUp = new CancellationTokenSource();
        var big = gate.EnterAsync(10, giveUp.Token);
        var small = gate.EnterAsync(5, default);
        Assert.False(small.IsCompleted);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => big);
        await small;
    }
}
