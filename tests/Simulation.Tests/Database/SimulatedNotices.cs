using Coordination.Simulation.Tests.Scheduling;
using Coordination.Storage;

namespace Coordination.Simulation.Tests.Database;

/// <summary>Notices between silos, some of which are lost.</summary>
/// <param name="process">The silo.</param>
/// <param name="all">The notices of all silos.</param>
/// <param name="weather">How fast they are.</param>
internal sealed class SimulatedNotices(SimulatedProcess process, List<SimulatedNotices> all, DatabaseWeather weather) : ILogNotices
{
    private const double Loss = 0.1;

    private TaskCompletionSource<long>? _noticed;

    public SimulatedProcess Process => process;

    /// <inheritdoc/>
    public void Announce(long zxid)
    {
        foreach (var other in all)
        {
            if (!process.Simulator.Happens(Loss))
                other.NoticeAfter(weather.Latency() + weather.Latency(), zxid);
        }
    }

    /// <inheritdoc/>
    public Task<long> WaitAsync(TimeSpan longest, CancellationToken cancellationToken)
    {
        var noticed = _noticed = new TaskCompletionSource<long>();
        process.Schedule(longest, () => noticed.TrySetResult(0));
        return noticed.Task;
    }

    private void NoticeAfter(TimeSpan delay, long zxid) => process.Schedule(delay, () => _noticed?.TrySetResult(zxid));
}
