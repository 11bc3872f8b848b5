using Coordination.Grains.Cluster;
using Coordination.Grains.Sessions;

namespace Coordination.Simulation.Tests.Mutating;

/// <summary>A tracker of sessions whose clock is fast.</summary>
internal sealed class EarlyExpiry : Mutations
{
    public override SessionTracker MakeTracker(Guid silo, TimeSpan tick, SyncLimit limit, TimeProvider time) =>
        base.MakeTracker(silo, tick, limit, new FastTime(time));

    private sealed class FastTime(TimeProvider time) : TimeProvider
    {
        public override long TimestampFrequency => time.TimestampFrequency;

        public override long GetTimestamp() => 2 * time.GetTimestamp();
    }
}
