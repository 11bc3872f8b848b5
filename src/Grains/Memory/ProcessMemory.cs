namespace Coordination.Grains.Memory;

/// <summary>The memory of this process, as the runtime and the system tell it.</summary>
public sealed class ProcessMemory : IProcessMemory
{
    /// <inheritdoc/>
    public MemoryFigures Look()
    {
        var last = GC.GetGCMemoryInfo(GCKind.Any);
        var background = GC.GetGCMemoryInfo(GCKind.Background);
        var full = GC.GetGCMemoryInfo(GCKind.FullBlocking);
        if (background.Index > full.Index)
            full = background;
        // What the heap has taken from the system is not all in use, and what is in use is not all the heap's.
        long outside = Math.Max(0, Environment.WorkingSet - last.TotalCommittedBytes);
        return new MemoryFigures(outside + InUse(last), outside + InUse(full), full.Index);
    }

    /// <inheritdoc/>
    /// <remarks>In the background, which stops nobody for long: a collection that compacts stops everybody, on a heap of
    /// gigabytes for longer than sessions live.</remarks>
    public void RequestCollection() =>
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false, compacting: false);

    private static long InUse(in GCMemoryInfo collection) => collection.HeapSizeBytes - collection.FragmentedBytes;
}
