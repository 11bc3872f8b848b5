namespace Coordination.Gateway;

/// <summary>Tells the silos of a cluster apart, as ZooKeeper's server id does.</summary>
/// <param name="Value">From 1 to 4,000.</param>
public sealed record SiloNumber(int Value);
