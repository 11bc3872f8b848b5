using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Coordination.Storage;

/// <summary>The checksum that chains each row of the log to all rows before it.</summary>
/// <remarks>The first half of a SHA-256 over the previous row's checksum, the position, both zxids and the body, numbers
/// in big-endian order. It stands for the whole history, and clients choose much of what is in a body: with a checksum
/// that is not cryptographic, one of them could make two histories that nobody can tell apart. With the CPU's SHA
/// instructions it costs half a microsecond for a small row and 20 µs for 40 kB.</remarks>
public static class LogChecksum
{
    /// <summary>The size of a checksum in bytes.</summary>
    public const int Size = 16;

    private const int HeaderSize = Size + (3 * sizeof(long));

    [ThreadStatic]
    private static IncrementalHash? t_hash;

    /// <summary>Computes the checksum of the row that follows the one with the checksum <paramref name="previous"/>.</summary>
    /// <param name="previous">The checksum of the row before; 0 for the first row.</param>
    /// <param name="position">The row's position.</param>
    /// <param name="firstZxid">The first zxid in the row.</param>
    /// <param name="lastZxid">The last zxid in the row.</param>
    /// <param name="body">The row's body.</param>
    public static UInt128 Compute(
        UInt128 previous, long position, long firstZxid, long lastZxid, ReadOnlySpan<byte> body)
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        BinaryPrimitives.WriteUInt128BigEndian(header, previous);
        BinaryPrimitives.WriteInt64BigEndian(header[Size..], position);
        BinaryPrimitives.WriteInt64BigEndian(header[(Size + 8)..], firstZxid);
        BinaryPrimitives.WriteInt64BigEndian(header[(Size + 16)..], lastZxid);

        var hash = t_hash ??= IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(header);
        hash.AppendData(body);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        return BinaryPrimitives.ReadUInt128BigEndian(digest);
    }
}
