namespace Coordination.Gateway.Tests;

/// <summary>What a silo rehearses is carried out in it as in earnest.</summary>
public sealed class RehearsalTests
{
    [Fact(Timeout = 60_000)]
    public async Task Nothing_of_it_is_refused() => await Rehearsal.RunAsync(new HastyTimeProvider(), CancellationToken.None);

    [Fact(Timeout = 60_000)]
    public async Task It_ends_with_the_silo()
    {
        using var stopping = new CancellationTokenSource();
        var rehearsing = Rehearsal.RunAsync(TimeProvider.System, stopping.Token);
        await stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => rehearsing);
    }

    private sealed class HastyTimeProvider : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, TimeSpan.Zero, period);
    }
}
