using System.Buffers.Binary;
using System.Text;

namespace Coordination.Testing.RawProtocol;

/// <summary>Decodes ZooKeeper's records, and refuses what is shorter or stranger than it says.</summary>
public ref struct JuteReader
{
    private static readonly UTF8Encoding s_strictUtf8 = new(false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> _bytes;
    private int _position;

    public JuteReader(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    public readonly int Remaining => _bytes.Length - _position;

    public int ReadInt() => BinaryPrimitives.ReadInt32BigEndian(Take(sizeof(int)));

    public long ReadLong() => BinaryPrimitives.ReadInt64BigEndian(Take(sizeof(long)));

    public bool ReadBool() => Take(1)[0] switch
    {
        0 => false,
        1 => true,
        byte other => throw new ProtocolViolationException($"a bool has the value {other}"),
    };

    public byte[]? ReadBuffer()
    {
        int length = ReadInt();
        if (length < -1)
            throw new ProtocolViolationException($"a buffer has the length {length}");
        return length == -1 ? null : Take(length).ToArray();
    }

    public string? ReadString()
    {
        byte[]? bytes = ReadBuffer();
        try
        {
            return bytes is null ? null : s_strictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw new ProtocolViolationException("a string is not UTF-8");
        }
    }

    public IReadOnlyList<string> ReadStrings() =>
        ReadVector(static (ref JuteReader reader) => reader.ReadString() ?? "");

    public IReadOnlyList<T> ReadVector<T>(RecordReader<T> read)
    {
        int count = ReadInt();
        if (count < -1 || count > Remaining)
            throw new ProtocolViolationException($"a vector has the count {count}, with {Remaining} bytes to come");
        var items = new List<T>(Math.Max(count, 0));
        for (int i = 0; i < count; i++)
            items.Add(read(ref this));
        return items;
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length > Remaining)
            throw new ProtocolViolationException($"a record ends after {_bytes.Length} bytes, {length} more were due");
        var taken = _bytes.Slice(_position, length);
        _position += length;
        return taken;
    }
}
