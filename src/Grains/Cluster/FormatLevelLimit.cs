namespace Coordination.Grains.Cluster;

/// <summary>The highest format level that this silo lets the log have: that of its program, or a lower one that its
/// operator keeps to, so that silos of the version before can be started again.</summary>
public sealed record FormatLevelLimit(int Level);
