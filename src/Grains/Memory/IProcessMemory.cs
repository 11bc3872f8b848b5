namespace Coordination.Grains.Memory;

/// <summary>The memory of the process that a silo runs in.</summary>
public interface IProcessMemory
{
    /// <summary>Looks how much is in use.</summary>
    MemoryFigures Look();

    /// <summary>Asks for a full collection, and does not wait for its end, which shows as the next
    /// <see cref="MemoryFigures.FullCollection"/>.</summary>
    void RequestCollection();
}
