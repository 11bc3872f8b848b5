namespace Coordination.Grains.Memory;

/// <summary>How much memory a silo may use.</summary>
/// <param name="Soft">From how many bytes on it warns.</param>
/// <param name="Hard">From how many bytes on writes are refused that grow the tree.</param>
public sealed record MemoryLimits(long Soft, long Hard);
