using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Coordination.Protocol;

/// <summary>A growing buffer that jute is written to: big-endian fields in order, without tags.</summary>
/// <remarks>Its memory comes from the shared array pool; <see cref="Dispose"/> gives it back. Not thread-safe.</remarks>
public sealed class JuteBuffer : IDisposable
{
    private byte[] _bytes;
    private int _length;

    /// <summary>Makes an empty buffer that holds <paramref name="capacity"/> bytes before it grows.</summary>
    public JuteBuffer(int capacity = 256) => _bytes = ArrayPool<byte>.Shared.Rent(capacity);

    /// <summary>How many bytes were written.</summary>
    public int Length => _length;

    /// <summary>The bytes written so far; valid until the next write.</summary>
    public ReadOnlySpan<byte> WrittenSpan => _bytes.AsSpan(0, _length);

    /// <summary>The bytes written so far; valid until the next write.</summary>
    public ReadOnlyMemory<byte> WrittenMemory => _bytes.AsMemory(0, _length);

    /// <summary>Empties the buffer; a buffer that has grown beyond <paramref name="keepCapacity"/> gives that memory back.</summary>
    public void Clear(int keepCapacity = int.MaxValue)
    {
        _length = 0;
        if (_bytes.Length <= keepCapacity)
            return;
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = ArrayPool<byte>.Shared.Rent(keepCapacity);
    }

    /// <summary>Takes back everything written after <paramref name="length"/> bytes.</summary>
    public void Truncate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)_length, nameof(length));
        _length = length;
    }

    /// <summary>Makes room for <paramref name="length"/> bytes and returns it to be filled.</summary>
    public Span<byte> Append(int length)
    {
        if (_bytes.Length - _length < length)
            Grow(length);
        var span = _bytes.AsSpan(_length, length);
        _length += length;
        return span;
    }

    /// <summary>Writes an <c>int</c>.</summary>
    public void WriteInt(int value) => BinaryPrimitives.WriteInt32BigEndian(Append(4), value);

    /// <summary>Writes an <c>int</c> over one written before at <paramref name="position"/>.</summary>
    public void WriteIntAt(int position, int value) =>
        BinaryPrimitives.WriteInt32BigEndian(_bytes.AsSpan(position, 4), value);

    /// <summary>Writes a <c>byte</c> over one written before at <paramref name="position"/>.</summary>
    public void WriteByteAt(int position, byte value) => _bytes[position] = value;

    /// <summary>Writes a <c>long</c> over one written before at <paramref name="position"/>.</summary>
    public void WriteLongAt(int position, long value) =>
        BinaryPrimitives.WriteInt64BigEndian(_bytes.AsSpan(position, 8), value);

    /// <summary>Writes a <c>long</c>.</summary>
    public void WriteLong(long value) => BinaryPrimitives.WriteInt64BigEndian(Append(8), value);

    /// <summary>Writes a <c>byte</c>.</summary>
    public void WriteByte(byte value) => Append(1)[0] = value;

    /// <summary>Writes a <c>boolean</c>.</summary>
    public void WriteBool(bool value) => WriteByte(value ? (byte)1 : (byte)0);

    /// <summary>Writes a <c>buffer</c>, or a <c>ustring</c> that is UTF-8 already.</summary>
    public void WriteBuffer(ReadOnlySpan<byte> value)
    {
        var destination = Append(4 + value.Length);
        BinaryPrimitives.WriteInt32BigEndian(destination, value.Length);
        value.CopyTo(destination[4..]);
    }

    /// <summary>Writes the null <c>buffer</c>.</summary>
    public void WriteNullBuffer() => WriteInt(-1);

    /// <summary>Writes a <c>buffer</c>, the null one for null.</summary>
    public void WriteBuffer(byte[]? value)
    {
        if (value is null)
            WriteNullBuffer();
        else
            WriteBuffer(value.AsSpan());
    }

    /// <summary>Writes a <c>ustring</c>.</summary>
    public void WriteString(string value)
    {
        int length = Encoding.UTF8.GetByteCount(value);
        WriteInt(length);
        Encoding.UTF8.GetBytes(value, Append(length));
    }

    /// <summary>Writes bytes as they are.</summary>
    public void WriteRaw(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Append(bytes.Length));

    /// <summary>Gives the memory back to the pool. The buffer must not be used afterwards.</summary>
    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        _length = 0;
    }

    private void Grow(int length)
    {
        long needed = (long)_length + length;
        if (needed > Array.MaxLength)
            throw new OutOfMemoryException($"a buffer of {needed} bytes");
        var grown = ArrayPool<byte>.Shared.Rent((int)Math.Min(Array.MaxLength, Math.Max(needed, _bytes.Length * 2L)));
        _bytes.AsSpan(0, _length).CopyTo(grown);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = grown;
    }
}
