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
        var reader = Read();
        while (reader.TryRead(out var change))
            yield return change;
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal static ChangeList Read(ref LogReader reader)
    {
        int count = reader.ReadInt();
        if (count < 0)
            throw new MalformedRecordException($"a list of {count} changes");
        return new ChangeList(reader.ReadBuffer(out _), count);
    }

    /// <summary>Reads the changes for one who carries out thousands of them: none is copied, and nothing is made.</summary>
    internal Reader Read() => new(_encoded, Count);

    /// <summary>Reads the changes one after the other.</summary>
    internal struct Reader(ReadOnlyMemory<byte> encoded, int count)
    {
        private LogReader _reader = new(encoded);
        private int _left = count;

        /// <summary>Reads the next change; false where there is none.</summary>
        /// <exception cref="MalformedRecordException">The bytes are none.</exception>
        public bool TryRead(out Change change)
        {
            if (_left == 0)
            {
                if (_reader.Remaining > 0)
                    throw new MalformedRecordException($"{_reader.Remaining} bytes behind the last change of a list");
                change = default;
                return false;
            }
            _left--;
            change = Change.Read(ref _reader);
            // One level is all that is ever written, and all that a reader may recurse into.
            if (change.Kind is EntryKind.Multi or EntryKind.CloseSession)
                throw new MalformedRecordException($"a {change.Kind} inside a change");
            return true;
        }
    }
}
