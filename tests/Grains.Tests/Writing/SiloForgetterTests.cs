using Coordination.Engine.Requests;
using Coordination.Grains.Cluster;
using Coordination.Grains.Tests.Hosting;
using Coordination.Grains.Writing;
using Coordination.Protocol;
using Coordination.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coordination.Grains.Tests.Writing;

/// <summary>What a log says of batches that were handed over is forgotten, and none is taken again all the same.</summary>
public sealed class SiloForgetterTests : IAsyncLifetime
{
    private static readonly Guid _otherSilo = Guid.NewGuid();

    private readonly TempFolder _folder = new();
    private SiloInProcess _silo = null!;

    public async Task InitializeAsync() => _silo = await SiloInProcess.StartAsync(_folder.Path);

    public async Task DisposeAsync()
    {
        await _silo.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task ASiloOfWhichNothingIsHeardForLongIsForgottenAndNothingOfItIsTakenAgain()
    {
        var time = new ManualTimeProvider();
        var pace = new ForgettingPace();
        var forgetter = new SiloForgetter(
            Ensemble.Alone(_silo.Replica.Identity), _silo.Replica, _silo.Writer, pace, time, NullLogger<SiloForgetter>.Instance);
        long seen = _silo.Replica.LastZxid;
        Assert.Equal(ErrorCode.Ok, await TakeAsync(1, seen));
        Assert.Equal(0, await forgetter.LookAsync(default));
        time.Advance(pace.Patience / 2);
        Assert.Equal(ErrorCode.BadVersion, await TakeAsync(1, _silo.Replica.LastZxid));
        Assert.Equal(ErrorCode.Ok, await TakeAsync(2, _silo.Replica.LastZxid));
        Assert.Equal(0, await forgetter.LookAsync(default));
        // Since it was last heard, not since it was first.
        time.Advance(pace.Patience / 2);
        Assert.Equal(0, await forgetter.LookAsync(default));
        time.Advance(pace.Patience / 2);
        Assert.Equal(1, await forgetter.LookAsync(default));
        Assert.Empty(_silo.Replica.State.SiloBatches);
        Assert.Equal(0, await forgetter.LookAsync(default));

        Assert.Equal(ErrorCode.BadVersion, await TakeAsync(1, seen));
        await _silo.DisposeAsync();
        _silo = await SiloInProcess.StartAsync(_folder.Path);
        Assert.Equal(ErrorCode.BadVersion, await TakeAsync(2, seen));
        Assert.Equal(ErrorCode.Ok, await TakeAsync(1, _silo.Replica.LastZxid));
    }

    private async Task<ErrorCode> TakeAsync(long number, long seen) =>
        (await _silo.Writer.WriteAsync(Caller.Service, new TakeSiloBatchOperation(_otherSilo, number, seen))).Error;
}
