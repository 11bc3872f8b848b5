using System.Buffers.Binary;
using System.Numerics;

namespace Coordination.Storage.Sqlite;

/// <summary>A checksum over some columns of one row, beside which it stands: a CRC-32C.</summary>
/// <remarks>It finds what a disk, a memory or a hand has changed: any 32 bits in a row, and of anything else all but one in
/// four thousand millions. It is no protection against whoever means to deceive. The key comes first, so that columns that
/// are right pass for those of no other row, and it is gone over once for all groups of the row's columns.</remarks>
internal readonly struct RowChecksum
{
    private readonly uint _state;

    private RowChecksum(uint state) => _state = state;

    /// <summary>The checksum as its column holds it.</summary>
    public int Value => (int)_state;

    /// <summary>Begins with a row's key.</summary>
    public static RowChecksum Of(ReadOnlySpan<byte> key) => new RowChecksum(uint.MaxValue).With(key);

    /// <inheritdoc cref="Of(ReadOnlySpan{byte})"/>
    public static RowChecksum Of(long key) => new RowChecksum(uint.MaxValue).With(key);

    /// <inheritdoc cref="Of(ReadOnlySpan{byte})"/>
    public static RowChecksum Of(Guid key)
    {
        Span<byte> bytes = stackalloc byte[16];
        key.TryWriteBytes(bytes, bigEndian: true, out _);
        return Of(bytes);
    }

    /// <summary>Goes on with a number.</summary>
    public RowChecksum With(long value) => new(BitOperations.Crc32C(_state, (ulong)value));

    /// <summary>Goes on with bytes, and how many they are.</summary>
    public RowChecksum With(ReadOnlySpan<byte> value)
    {
        uint state = BitOperations.Crc32C(_state, (ulong)value.Length);
        for (; value.Length >= sizeof(ulong); value = value[sizeof(ulong)..])
            state = BitOperations.Crc32C(state, BinaryPrimitives.ReadUInt64LittleEndian(value));
        foreach (byte rest in value)
            state = BitOperations.Crc32C(state, rest);
        return new RowChecksum(state);
    }
}
