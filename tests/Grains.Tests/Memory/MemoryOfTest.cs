using Coordination.Grains.Memory;

namespace Coordination.Grains.Tests.Memory;

/// <summary>A process whose memory is what the test says.</summary>
internal sealed class MemoryOfTest : IProcessMemory
{
    private long _living;
    private long _fullCollection;

    /// <summary>What would live through a collection now.</summary>
    public long Tree { get; set; }

    /// <summary>What would not.</summary>
    public long Garbage { get; set; }

    /// <summary>How often a collection was asked for.</summary>
    public int Requests { get; private set; }

    public MemoryFigures Look() => new(Tree + Garbage, _living, _fullCollection);

    public void RequestCollection()
    {
        Requests++;
        Collect();
    }

    /// <summary>Collects, as the runtime does by itself.</summary>
    public void Collect()
    {
        Garbage = 0;
        _living = Tree;
        _fullCollection++;
    }
}
