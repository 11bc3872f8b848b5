namespace Coordination.Grains.Memory;

/// <summary>The memory of a process at one moment.</summary>
/// <param name="Used">How many bytes are in use, what has become garbage since the last full collection with them.</param>
/// <param name="Living">How many bytes were in use right after the last full collection of the heap.</param>
/// <param name="FullCollection">Which one that was, a number that rises; 0 where there was none yet.</param>
public readonly record struct MemoryFigures(long Used, long Living, long FullCollection);
