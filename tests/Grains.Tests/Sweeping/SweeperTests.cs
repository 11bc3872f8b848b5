using Coordination.Engine.Requests;
using Coordination.Engine.Tree;
using Coordination.Grains.Checkpoints;
using Coordination.Grains.Cluster;
using Coordination.Grains.Messages;
using Coordination.Grains.Sweeping;
using Coordination.Grains.Tests.Cluster;
using Coordination.Grains.Tests.Hosting;
using Coordination.Protocol;
using Coordination.Storage;
using Coordination.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coordination.Grains.Tests.Sweeping;

public sealed class SweeperTests : IAsyncLifetime
{
    private static readonly CheckpointPace _eager = new()
    {
        Poll = TimeSpan.FromMilliseconds(2),
        BytesBehind = 1,
        MostAge = TimeSpan.Zero,
    };

    private readonly TempFolder _folder = new();
    private readonly ManualTimeProvider _time = new();
    private SiloInProcess _silo = null!;

    public Task InitializeAsync() => StartAsync();

    public async Task DisposeAsync()
    {
        await _silo.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task ASweepRemovesWhatIsUnusedAndNothingElse()
    {
        await CreateAsync("/never", CreateMode.Container);
        await CreateAsync("/used", CreateMode.Container);
        await CreateAsync("/used/a", CreateMode.Persistent);
        await CreateUnusedContainerAsync("/unused");
        await CreateAsync("/short", CreateMode.PersistentWithTimeToLive, 10);
        await CreateAsync("/long", CreateMode.PersistentWithTimeToLive, 1000);
        _time.Advance(TimeSpan.FromMilliseconds(10));
        Assert.Equal(1, await SweepAsync());
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, await SweepAsync());
        Assert.Equal(0, await SweepAsync());
        Assert.Equal(["long", "never", "used", "zookeeper"], (await _silo.Znode("/").GetChildrenAsync()).Names);
        Assert.Equal(3, _silo.Replica.State.Vanishing.Count);
    }

    [Fact]
    public async Task AContainerThatWasNeverUsedGoesWhereItIsToldHowLongItMayStay()
    {
        await CreateAsync("/used", CreateMode.Container);
        await CreateAsync("/used/a", CreateMode.Persistent);
        await CreateAsync("/never", CreateMode.Container);
        await CreateAsync("/set", CreateMode.Container);
        var sweeper = SweeperOf(new SweepPace { MostPerMinute = 1_000_000, MostNeverUsed = TimeSpan.FromMilliseconds(10) });
        _time.Advance(TimeSpan.FromMilliseconds(10));
        await _silo.Znode("/set").SetAsync([1]);
        Assert.Equal(0, await SweepAsync(sweeper));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, await SweepAsync(sweeper));
        Assert.Equal(["set", "used", "zookeeper"], (await _silo.Znode("/").GetChildrenAsync()).Names);
        _time.Advance(TimeSpan.FromMilliseconds(10));
        Assert.Equal(1, await SweepAsync(sweeper));
        Assert.Equal(["used", "zookeeper"], (await _silo.Znode("/").GetChildrenAsync()).Names);
    }

    [Fact]
    public async Task ASweepIsNoFasterThanItsPace()
    {
        for (int i = 0; i < 25; i++)
            await CreateUnusedContainerAsync($"/c{i}");
        var sweeper = SweeperOf(new SweepPace { MostPerMinute = 6000 });
        var sweep = sweeper.SweepAsync(default);
        // Ten at once, and then a tenth of a second of rest.
        foreach (int left in (int[])[15, 5, 0])
        {
            await Patience.UntilAsync(() => _silo.Replica.State.Vanishing.Count == left, $"{left} are left");
            await Task.Delay(50);
            Assert.Equal(left, _silo.Replica.State.Vanishing.Count);
            Assert.False(sweep.IsCompleted);
            while (_silo.Replica.State.Vanishing.Count == left && !sweep.IsCompleted)
            {
                _time.Advance(TimeSpan.FromMilliseconds(25));
                await Task.Delay(5);
            }
        }
        Assert.Equal(25, await sweep);
    }

    [Fact]
    public async Task ItSweepsAtItsIntervalUntilItIsStopped()
    {
        using var stopping = new CancellationTokenSource();
        var running = SweeperOf(new SweepPace { Interval = TimeSpan.FromMinutes(1) }).RunAsync(stopping.Token);
        await CreateUnusedContainerAsync("/c");
        _time.Advance(TimeSpan.FromSeconds(59));
        await Task.Delay(50);
        Assert.Equal(1, _silo.Replica.State.Vanishing.Count);
        _time.Advance(TimeSpan.FromSeconds(1));
        await Patience.UntilAsync(() => _silo.Replica.State.Vanishing.Count == 0, "it is swept");
        await stopping.CancelAsync();
        await running.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task OnlyTheLeaderSweeps()
    {
        using var stopping = new CancellationTokenSource();
        var self = SiloRecords.Participant(2, 2);
        var ensemble = new Ensemble(self.Identity, SiloRole.Participant, [SiloRecords.Participant(1, 1), self]);
        var sweeper = new Sweeper(
            _silo.Replica, _silo.Writer, ensemble, new SweepPace { Interval = TimeSpan.FromMinutes(1) }, _time,
            NullLogger<Sweeper>.Instance);
        var running = sweeper.RunAsync(stopping.Token);
        await CreateUnusedContainerAsync("/c");
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, _silo.Replica.State.Vanishing.Count);
        ensemble.Update([self]);
        await Patience.UntilAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromMinutes(1));
                return _silo.Replica.State.Vanishing.Count == 0;
            },
            "it is swept");
        await stopping.CancelAsync();
        await running.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TheyAreWhatTheyWereAfterARestart(bool isFolded)
    {
        await RestartAsync(isFolded ? _eager : null);
        await CreateUnusedContainerAsync("/c");
        await CreateAsync("/t", CreateMode.PersistentWithTimeToLive, 10);
        await CreateAsync("/s-", CreateMode.PersistentSequentialWithTimeToLive, OwnerMark.MostTimeToLive);
        if (isFolded)
            await Patience.UntilAsync(() => _silo.Checkpointer.Lag == 0, "all is folded");
        await RestartAsync(null);
        Assert.Equal(3, _silo.Replica.State.Vanishing.Count);
        Assert.Equal(0, _silo.Replica.State.EphemeralCount);
        Assert.Equal(1, await SweepAsync());
        _time.Advance(TimeSpan.FromMilliseconds(11));
        Assert.Equal(1, await SweepAsync());
        Assert.Equal(["s-0000000002", "zookeeper"], (await _silo.Znode("/").GetChildrenAsync()).Names);
    }

    [Fact]
    public async Task NoSessionCanHaveAMarkForItsId()
    {
        foreach (long id in (long[])[OwnerMark.Container, OwnerMark.OfTimeToLive(5), -1])
        {
            var open = new OpenSessionOperation(id, new byte[16], 10_000, Guid.NewGuid());
            Assert.Equal(ErrorCode.BadArguments, (await _silo.Writer.WriteAsync(Caller.Service, open)).Error);
        }
    }

    private async Task StartAsync(CheckpointPace? pace = null) =>
        _silo = await SiloInProcess.StartAsync(_folder.Path, new SiloSettings { Time = _time, CheckpointPace = pace });

    private async Task RestartAsync(CheckpointPace? pace)
    {
        await _silo.DisposeAsync();
        await StartAsync(pace);
    }

    private Sweeper SweeperOf(SweepPace pace) =>
        new(_silo.Replica, _silo.Writer, _silo.Ensemble, pace, _time, NullLogger<Sweeper>.Instance);

    private Task<int> SweepAsync() => SweepAsync(SweeperOf(new SweepPace { MostPerMinute = 1_000_000 }));

    private async Task<int> SweepAsync(Sweeper sweeper)
    {
        var sweep = sweeper.SweepAsync(default);
        while (!sweep.IsCompleted)
        {
            await Task.WhenAny(sweep, Task.Delay(2));
            // So little that nothing else becomes due.
            _time.Advance(TimeSpan.FromTicks(TimeSpan.TicksPerMillisecond / 10));
        }
        return await sweep;
    }

    private async Task CreateUnusedContainerAsync(string path)
    {
        await CreateAsync(path, CreateMode.Container);
        await CreateAsync($"{path}/child", CreateMode.Persistent);
        await _silo.Znode($"{path}/child").DeleteAsync();
    }

    private Task CreateAsync(string path, CreateMode mode, long? timeToLive = null) =>
        _silo.Znode(path).CreateAsync(new ZnodeCreation(null, mode, TimeToLiveMilliseconds: timeToLive));
}
