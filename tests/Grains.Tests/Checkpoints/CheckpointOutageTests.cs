using Coordination.Engine.Requests;
using Coordination.Grains.Checkpoints;
using Coordination.Grains.Cluster;
using Coordination.Grains.Tests.Cluster;
using Coordination.Grains.Tests.Hosting;
using Coordination.Grains.Tests.Logs;
using Coordination.Storage;
using Microsoft.Extensions.Logging;

namespace Coordination.Grains.Tests.Checkpoints;

/// <summary>What the checkpointer does, and says, while the database is gone.</summary>
public sealed class CheckpointOutageTests : IAsyncLifetime
{
    private const int ManyTries = 20;

    private readonly TempFolder _folder = new();
    private readonly LoggedLines<Checkpointer> _lines = new();
    private readonly CancellationTokenSource _stopping = new();
    private SiloInProcess _silo = null!;
    private CheckpointOutage _checkpoint = null!;

    public async Task InitializeAsync()
    {
        _silo = await SiloInProcess.StartAsync(_folder.Path);
        _checkpoint = new CheckpointOutage(_silo.Checkpoint);
    }

    public async Task DisposeAsync()
    {
        await _silo.DisposeAsync();
        _stopping.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task ItIsSaidOnceThatItBeginsAndOnceThatItEndsAndItIsTriedAllTheTime()
    {
        var running = RunAsync(_silo.Ensemble);
        for (int outage = 1; outage <= 3; outage++)
        {
            await FailAsync();
            Assert.Equal(outage, Count(LogLevel.Error));
            Assert.Equal(outage - 1, Count(LogLevel.Information));
            _checkpoint.IsOut = false;
            await FoldedAsync();
            await Patience.UntilAsync(() => Count(LogLevel.Information) == outage, "it is said that it goes on");
        }
        // It goes on without a word.
        await WriteAsync();
        await FoldedAsync();
        Assert.Equal(6, _lines.All.Length);
        await StopAsync(running);
    }

    [Fact]
    public async Task OneThatLooksWhetherAnotherDoesItSaysSoToo()
    {
        var running = RunAsync(new Ensemble(_silo.Replica.Identity, SiloRole.Observer, [SiloRecords.Participant(1, 1)]));
        await FailAsync();
        Assert.Equal(1, Count(LogLevel.Error));
        _checkpoint.IsOut = false;
        await Patience.UntilAsync(() => Count(LogLevel.Information) == 1, "it is said that it goes on");
        await StopAsync(running);
    }

    [Fact]
    public async Task ItCanBeEndedMeanwhile()
    {
        var running = RunAsync(_silo.Ensemble);
        await FailAsync();
        await StopAsync(running);
        Assert.Single(_lines.All);
    }

    /// <summary>A restored log grows again, and a silo that was not told yet finds rows in it to fold: their answers it does not
    /// know.</summary>
    [Fact]
    public async Task ItEndsWhereTheLogHasNotGotWhatWasApplied()
    {
        await WriteAsync();
        long firstLost = _silo.Replica.Tail.Position + 1;
        var running = RunAsync(_silo.Ensemble, new CheckpointOfAnother(_silo.Checkpoint, firstLost));
        await FoldedAsync();
        await WriteAsync();
        await Assert.ThrowsAsync<LogHistoryChangedException>(() => Patience.WithinAsync(running));
        Assert.Equal(firstLost - 1, (await _silo.Checkpoint.ReadStateAsync(default)).Position);
    }

    private Task RunAsync(Ensemble ensemble) => RunAsync(ensemble, _checkpoint);

    private Task RunAsync(Ensemble ensemble, ICheckpoint checkpoint)
    {
        var pace = new CheckpointPace { Poll = TimeSpan.FromMilliseconds(2), BytesBehind = 1, MostAge = TimeSpan.Zero };
        var checkpointer = new Checkpointer(
            _silo.Log, checkpoint, _silo.Replica, ensemble, pace, TimeProvider.System, _lines);
        return Task.Run(() => checkpointer.RunAsync(_stopping.Token));
    }

    private async Task StopAsync(Task running)
    {
        await _stopping.CancelAsync();
        await Patience.WithinAsync(running);
    }

    private async Task FailAsync()
    {
        int before = _checkpoint.Failures;
        _checkpoint.IsOut = true;
        await WriteAsync();
        await Patience.UntilAsync(() => _checkpoint.Failures >= before + ManyTries, "it is tried again");
    }

    private Task FoldedAsync() => Patience.UntilAsync(
        () => _silo.Checkpoint.ReadStateAsync(default).AsTask().Result.Position == _silo.Replica.Tail.Position,
        "all of the log is folded in");

    private int Count(LogLevel level) => _lines.All.Count(line => line.Level == level);

    private Task WriteAsync() => _silo.Writer.WriteAsync(Caller.Service, Writes.Set("/", "x"));
}
