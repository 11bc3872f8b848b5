namespace Coordination.Engine;

/// <summary>Compares byte arrays by content, and looks them up by span without making an array.</summary>
internal sealed class ByteSequenceComparer
    : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    public static readonly ByteSequenceComparer Instance = new();

    // HashCode is salted per process, so that nobody outside can choose keys that collide.
    public static int HashOf(ReadOnlySpan<byte> bytes)
    {
        var hash = default(HashCode);
        hash.AddBytes(bytes);
        return hash.ToHashCode();
    }

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

    public int GetHashCode(byte[] bytes) => HashOf(bytes);

    public int GetHashCode(ReadOnlySpan<byte> alternate) => HashOf(alternate);

    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
}
