using Coordination.Grains.Sessions;

namespace Coordination.Grains.Cluster;

/// <summary>Ends a silo that is cut off from the database alone. To whoever runs the grains it is alive, since the other silos
/// reach it; so its grains would stay, and fail all who call them, for as long as that lasts.</summary>
/// <remarks>Where the database is away for all, nobody ends: nobody serves. Nor does anybody when it comes back, for that is
/// waited for as long as silos may differ in noticing it.</remarks>
public sealed class StrandingWatch(SessionTracker tracker, SiloLease lease, IServingSilos silos, TimeProvider time)
{
    /// <summary>Runs until it is cancelled.</summary>
    /// <exception cref="SiloStrandedException">This silo may serve nobody, and another silo serves.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        long? since = null;
        while (true)
        {
            await Task.Delay(lease.BeatPeriod, time, cancellationToken).ConfigureAwait(
                ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            if (cancellationToken.IsCancellationRequested)
                return;
            since = tracker.IsCutOff(tracker.Now) && await silos.AnyOtherAsync(cancellationToken) ? since ?? tracker.Now : null;
            if (since is { } first && IsStranded(first, tracker.Now))
                throw new SiloStrandedException();
        }
    }

    private bool IsStranded(long since, long now) =>
        now - since >= lease.LongestReturn.TotalMilliseconds && tracker.IsCutOff(now) && !tracker.MayServe(now);
}
