using Coordination.Grains.Sessions;
using Orleans.Runtime;
using RunningSilo = Orleans.Runtime.Silo;

namespace Coordination.Silo.Flavours;

/// <inheritdoc cref="IServingService"/>
public sealed class ServingService(GrainId id, RunningSilo silo, SessionTracker tracker, ILoggerFactory loggers)
    : GrainService(id, silo, loggers), IServingService
{
    /// <inheritdoc/>
    public Task<bool> ServesAsync()
    {
        long now = tracker.Now;
        return Task.FromResult(tracker.MayServe(now) && !tracker.IsCutOff(now));
    }
}
