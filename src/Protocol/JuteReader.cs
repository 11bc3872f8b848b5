using System.Buffers.Binary;
using System.Text;

namespace Coordination.Protocol;

/// <summary>Reads jute, ZooKeeper's encoding: big-endian fields in order, without tags.</summary>
/// <remarks>Spans that it returns point into the bytes it reads. Nothing is allocated for a length that the bytes at
/// hand do not hold, so a hostile length costs nothing.</remarks>
public ref struct JuteReader
{
    private readonly ReadOnlySpan<byte> _bytes;
    private int _position;

    /// <summary>Reads from the start of <paramref name="bytes"/>.</summary>
    public JuteReader(ReadOnlySpan<byte> bytes)
    {
        _bytes = bytes;
        _position = 0;
    }

    /// <summary>How many bytes are left.</summary>
    public readonly int Remaining => _bytes.Length - _position;

    /// <summary>How many bytes were read.</summary>
    public readonly int Position => _position;

    /// <summary>Reads an <c>int</c>.</summary>
    /// <exception cref="MalformedRecordException">Fewer than 4 bytes are left.</exception>
    public int ReadInt() => BinaryPrimitives.ReadInt32BigEndian(Take(4));

    /// <summary>Reads a <c>long</c>.</summary>
    /// <exception cref="MalformedRecordException">Fewer than 8 bytes are left.</exception>
    public long ReadLong() => BinaryPrimitives.ReadInt64BigEndian(Take(8));

    /// <summary>Reads a <c>byte</c>.</summary>
    /// <exception cref="MalformedRecordException">No byte is left.</exception>
    public byte ReadByte() => Take(1)[0];

    /// <summary>Reads a <c>boolean</c>: any byte but 0 is true.</summary>
    /// <exception cref="MalformedRecordException">No byte is left.</exception>
    public bool ReadBool() => ReadByte() != 0;

    /// <summary>Reads a <c>buffer</c>.</summary>
    /// <param name="isNull">Whether it is the null buffer, which is another than the empty one.</param>
    /// <exception cref="MalformedRecordException">The length is negative (other than -1), or more than is left.</exception>
    public ReadOnlySpan<byte> ReadBuffer(out bool isNull)
    {
        int length = ReadInt();
        isNull = length == -1;
        return isNull ? default : Take(length);
    }

    /// <summary>Reads a <c>buffer</c> into an array of its own; null for the null buffer.</summary>
    /// <exception cref="MalformedRecordException">As for <see cref="ReadBuffer"/>.</exception>
    public byte[]? ReadBufferAsArray()
    {
        var bytes = ReadBuffer(out bool isNull);
        return isNull ? null : bytes.ToArray();
    }

    /// <summary>Reads a <c>ustring</c> as its UTF-8 bytes; the null string as an empty one.</summary>
    /// <exception cref="MalformedRecordException">As for <see cref="ReadBuffer"/>.</exception>
    public ReadOnlySpan<byte> ReadUtf8() => ReadBuffer(out _);

    /// <summary>Reads a <c>ustring</c> as its UTF-8 bytes.</summary>
    /// <param name="isNull">Whether it is the null string, which is another than the empty one.</param>
    /// <exception cref="MalformedRecordException">As for <see cref="ReadBuffer"/>.</exception>
    public ReadOnlySpan<byte> ReadUtf8(out bool isNull) => ReadBuffer(out isNull);

    /// <summary>Reads a <c>ustring</c>; the null string as an empty one.</summary>
    /// <exception cref="MalformedRecordException">As for <see cref="ReadBuffer"/>.</exception>
    public string ReadString() => Encoding.UTF8.GetString(ReadUtf8());

    /// <summary>Reads a <c>ustring</c>; null for the null string.</summary>
    /// <exception cref="MalformedRecordException">As for <see cref="ReadBuffer"/>.</exception>
    public string? ReadStringOrNull()
    {
        var bytes = ReadBuffer(out bool isNull);
        return isNull ? null : Encoding.UTF8.GetString(bytes);
    }

    /// <summary>Reads the count of a <c>vector</c>; the null vector as an empty one.</summary>
    /// <param name="leastItemLength">The least bytes that an item takes: bounds the count by what is left.</param>
    /// <exception cref="MalformedRecordException">The count is negative (other than -1), or more than can be left.</exception>
    public int ReadCount(int leastItemLength) => ReadCount(leastItemLength, out _);

    /// <summary>Reads the count of a <c>vector</c>.</summary>
    /// <param name="leastItemLength">The least bytes that an item takes: bounds the count by what is left.</param>
    /// <param name="isNull">Whether it is the null vector, whose count is 0 here.</param>
    /// <exception cref="MalformedRecordException">The count is negative (other than -1), or more than can be left.</exception>
    public int ReadCount(int leastItemLength, out bool isNull)
    {
        int count = ReadInt();
        isNull = count == -1;
        if (isNull)
            return 0;
        if (count < 0 || count > Remaining / leastItemLength)
            throw new MalformedRecordException($"a vector of {count} items in {Remaining} bytes");
        return count;
    }

    /// <summary>Takes the next bytes if they are these.</summary>
    public bool TryTake(scoped ReadOnlySpan<byte> expected)
    {
        if (!_bytes[_position..].StartsWith(expected))
            return false;
        _position += expected.Length;
        return true;
    }

    /// <summary>Takes the next bytes as they are.</summary>
    /// <exception cref="MalformedRecordException">The length is negative, or more than is left.</exception>
    public ReadOnlySpan<byte> Take(int length)
    {
        if ((uint)length > (uint)Remaining)
            throw new MalformedRecordException($"a field of {length} bytes where {Remaining} are left");
        var taken = _bytes.Slice(_position, length);
        _position += length;
        return taken;
    }
}
