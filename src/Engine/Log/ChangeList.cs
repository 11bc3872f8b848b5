using System.Collections;
using Coordination.Protocol;

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
        if (position < _encoded.Length)
            throw new MalformedRecordException($"{_encoded.Length - position} bytes behind the last change of a list");
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal static ChangeList Read(ref LogReader reader)
    {
        int count = reader.ReadInt();
        if (count < 0)
            throw new MalformedRecordException($"a list of {count} changes");
        return new ChangeList(reader.ReadBuffer(out _), count);
    }

    private Change ReadAt(ref int position)
    {
        var reader = new LogReader(_encoded[position..]);
        var change = Change.Read(ref reader);
        // One level is all that is ever written, and all that a reader may recurse into.
        if (change.Kind is EntryKind.Multi or EntryKind.CloseSession)
            throw new MalformedRecordException($"a {change.Kind} inside a change");
        position += reader.Position;
        return change;
    }
}
