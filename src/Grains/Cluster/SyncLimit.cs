namespace Coordination.Grains.Cluster;

/// <summary>How old what a silo shows may be, where others write to the log too; ZooKeeper's <c>syncLimit</c>.</summary>
/// <param name="Length">Counted from when the silo asked for the tail that it has applied.</param>
public sealed record SyncLimit(TimeSpan Length);
