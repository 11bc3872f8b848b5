using Coordination.Grains.Cluster;
using Coordination.Grains.Replication;
using Coordination.Grains.Sessions;
using Coordination.Grains.Tests.Hosting;
using Coordination.Grains.Tests.Logs;
using Coordination.Grains.Tests.Sessions;
using Coordination.Grains.Writing;
using Coordination.Storage;
using Coordination.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coordination.Grains.Tests.Cluster;

/// <summary>Whose sessions a silo answers for, as the others live, leave and die.</summary>
public sealed class SiloLivenessTests : IAsyncLifetime
{
    private const int Many = 1000;

    private readonly Guid _self = Guid.NewGuid(), _other = Guid.NewGuid();
    private readonly ManualTimeProvider _time = new();
    private readonly SiloLease _lease = new(TimeSpan.FromSeconds(10));
    private readonly CancellationTokenSource _stopping = new();
    private readonly SilosOfTest _silos;
    private readonly SessionTracker _tracker;
    private readonly SessionState _sessions;
    private readonly Replica _replica;
    private readonly WritePipeline _pipeline;
    private readonly SiloLiveness _liveness;
    private Task _running = Task.CompletedTask;

    public SiloLivenessTests()
    {
        _silos = new SilosOfTest(_self);
        _tracker = new SessionTracker(_self, TimeSpan.FromSeconds(2), _time);
        _sessions = new SessionState(_tracker);
        _replica = new Replica(_self, _sessions.State, default);
        _pipeline = new WritePipeline(_replica, _time);
        _liveness = new SiloLiveness(
            _silos, new LogTailReader(new MemoryLog(), _replica, _pipeline, _time), _replica, _tracker,
            new Ensemble(_self, SiloRole.Participant, []), _lease, _time, NullLogger<SiloLiveness>.Instance);
        Open(1, Many, _other);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Patience.WithinAsync(_running);
        _stopping.Dispose();
        _pipeline.Dispose();
    }

    [Fact]
    public async Task NobodyAnswersForTheSessionsOfASiloWhoseHeartBeats()
    {
        _silos.Enter(_other);
        Start();
        for (int beat = 0; beat < 20; beat++)
        {
            _silos.Beat(_other);
            await BeatAsync();
        }
        Assert.Equal(0, _tracker.Count);
        Assert.True(_silos.IsEntered(_other));
    }

    [Fact]
    public async Task TheSessionsOfASiloThatIsNotEnteredAreAnsweredForAtOnce()
    {
        Start();
        await AdoptedAsync(Many);
        // And those that came to it by entries that were read later.
        Open(Many + 1, 2 * Many, _other);
        await BeatAsync();
        await AdoptedAsync(2 * Many);
    }

    [Fact]
    public async Task TheSessionsOfASiloThatDiesAreAnsweredForAfterItsLeasesPatience()
    {
        _silos.Enter(_other);
        Start();
        // From the first look to the last at which it might still be alive.
        int beats = (int)(_lease.Patience / _lease.BeatPeriod);
        for (int beat = 1; beat < beats; beat++)
        {
            await BeatAsync();
            Assert.Equal(0, _tracker.Count);
        }
        await BeatAsync();
        await Patience.UntilAsync(() => !_silos.IsEntered(_other), "the silo is taken off");
        await AdoptedAsync(Many);
    }

    private void Start()
    {
        _running = _liveness.RunAsync(_stopping.Token);
        Assert.Equal(1, _silos.Beats);
    }

    private async Task BeatAsync()
    {
        int before = _silos.Beats;
        _time.Advance(_lease.BeatPeriod);
        await Patience.UntilAsync(() => _silos.Beats > before, "it has beaten");
    }

    private Task AdoptedAsync(int count) =>
        Patience.UntilAsync(() => _tracker.Count == count, $"it answers for {count} sessions");

    private void Open(long first, long last, Guid silo)
    {
        using (_replica.Lock.EnterWrite())
        {
            for (long id = first; id <= last; id++)
                _sessions.Open(id, 30_000, silo);
        }
    }
}
