using Coordination.Grains.Sessions;
using Microsoft.Extensions.Logging;

namespace Coordination.Grains.Cluster;

/// <summary>Ends the connections of a silo whose lease has ended: its clients find another silo, and need not wait here
/// for answers and events that do not come.</summary>
public sealed partial class LeaseGuard(
    SessionTracker tracker, SiloLease lease, TimeProvider time, ILogger<LeaseGuard> logger)
{
    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        bool isServing = true;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(lease.BeatPeriod, time, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            bool mayServe = tracker.MayServe(tracker.Now);
            // Again and again: some may have been let in just before.
            if (!mayServe)
                tracker.EndService();
            if (mayServe != isServing)
                LogService(mayServe ? "serves clients again" : "serves nobody until it can prove itself alive");
            isServing = mayServe;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "This silo {What}")]
    private partial void LogService(string what);
}
