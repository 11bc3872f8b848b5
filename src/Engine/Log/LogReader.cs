using System.Buffers.Binary;
using Coordination.Protocol;

namespace Coordination.Engine.Log;

/// <summary>Reads the log's binary form, which is jute's, without copying.</summary>
internal struct LogReader(ReadOnlyMemory<byte> bytes)
{
    public int Position { get; private set; }

    public readonly int Remaining => bytes.Length - Position;

    public byte ReadByte() => Take(1).Span[0];

    public int ReadInt() => BinaryPrimitives.ReadInt32BigEndian(Take(4).Span);

    public long ReadLong() => BinaryPrimitives.ReadInt64BigEndian(Take(8).Span);

    public Guid ReadGuid() => new(Take(16).Span);

    public ReadOnlyMemory<byte> ReadBuffer(out bool isNull)
    {
        int length = ReadInt();
        isNull = length == -1;
        return isNull ? default : Take(length);
    }

    private ReadOnlyMemory<byte> Take(int length)
    {
        if ((uint)length > (uint)Remaining)
            throw new MalformedRecordException($"a field of {length} bytes where {Remaining} are left");
        var taken = bytes.Slice(Position, length);
        Position += length;
        return taken;
    }
}
