using Coordination.Grains.Cluster;
using Coordination.Grains.Sessions;
using Coordination.Grains.Tests.Hosting;
using Coordination.Testing;

namespace Coordination.Grains.Tests.Cluster;

/// <summary>A silo whose lease is ten seconds, which last reached the log at the beginning.</summary>
public sealed class StrandingWatchTests : IAsyncLifetime
{
    private static readonly SiloLease _lease = new(TimeSpan.FromSeconds(10));

    private readonly ManualTimeProvider _time = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Others _others = new();
    private readonly SessionTracker _tracker;
    private Task _watching = Task.CompletedTask;

    public StrandingWatchTests() => _tracker = new SessionTracker(Guid.NewGuid(), TimeSpan.FromSeconds(2), _time);

    public Task InitializeAsync()
    {
        _tracker.Reached(_tracker.Now);
        _tracker.ServeUntil(_lease.EndOfService(_tracker.Now));
        _watching = Task.Run(() => new StrandingWatch(_tracker, _lease, _others, _time).RunAsync(_stopping.Token));
        return BeatAsync(0);
    }

    public async Task DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    [Fact]
    public async Task ASiloThatIsCutOffAloneEndsWithItsLease()
    {
        _others.Serve = true;
        await BeatAsync(7);
        Assert.False(_watching.IsCompleted);
        await BeatAsync(1);
        await Assert.ThrowsAsync<SiloStrandedException>(() => Patience.WithinAsync(_watching));
    }

    [Fact]
    public async Task WhereNobodyServesNobodyEnds()
    {
        await BeatAsync(100);
        Assert.False(_watching.IsCompleted);
        Assert.Equal(98, _others.Asked);
    }

    // Of two that lose the database together, one may have reached it later than the other.
    [Fact]
    public async Task OneThatServesOnlyForAWhileLongerIsNoReason()
    {
        _others.Serve = true;
        await BeatAsync(7);
        _others.Serve = false;
        await BeatAsync(100);
        Assert.False(_watching.IsCompleted);
    }

    [Fact]
    public async Task OneThatFindsTheDatabaseBackEarlierIsNoReason()
    {
        await BeatAsync(100);
        _others.Serve = true;
        await BeatAsync(5);
        _tracker.Reached(_tracker.Now);
        _tracker.ServeUntil(_lease.EndOfService(_tracker.Now));
        await BeatAsync(7);
        Assert.False(_watching.IsCompleted);
    }

    [Fact]
    public async Task ASiloThatReachesTheLogAsksNobody()
    {
        _others.Serve = true;
        for (int beat = 0; beat < 100; beat++)
        {
            _tracker.Reached(_tracker.Now);
            await BeatAsync(1);
        }
        Assert.False(_tracker.MayServe(_tracker.Now));
        Assert.False(_watching.IsCompleted);
        Assert.Equal(0, _others.Asked);
    }

    private async Task BeatAsync(int times)
    {
        for (int beat = 0; beat <= times; beat++)
        {
            if (beat > 0)
                _time.Advance(_lease.BeatPeriod);
            await Patience.UntilAsync(
                () => _watching.IsCompleted || _time.IsAnySetTo(_lease.BeatPeriod), "the silo waits for its next look");
        }
    }

    private sealed class Others : IServingSilos
    {
        public bool Serve { get; set; }

        public int Asked { get; private set; }

        public Task<bool> AnyOtherAsync(CancellationToken cancellationToken)
        {
            Asked++;
            return Task.FromResult(Serve);
        }
    }
}
