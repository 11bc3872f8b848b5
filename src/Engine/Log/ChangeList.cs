using System.Collections;

namespace Coordination.Engine.Log;

/// <summary>The changes inside a change, read as they are walked.</summary>
public readonly struct ChangeList : IEnumerable<Change>
{
    private readonly ReadOnlyMemory<byte> _encoded;

    private ChangeList(ReadOnlyMemory<byte> encoded, int count)
    {
        _encoded = encoded;
        Count = count;
    }

    /// <summary>How many there are.</summary>
    public int Count { get; }

    /// <inheritdoc/>
    public IEnumerator<Change> GetEnumerator()
    {
        int position = 0;
        for (int i = 0; i < Count; i++)
            yield return ReadAt(ref position);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal static ChangeList Read(ref LogReader reader)
    {
        int count = reader.ReadInt();
        return new ChangeList(reader.ReadBuffer(out _), count);
    }

    private Change ReadAt(ref int position)
    {
        var reader = new LogReader(_encoded[position..]);
        var change = Change.Read(ref reader);
        position += reader.Position;
        return change;
    }
}
