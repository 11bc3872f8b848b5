using System.Buffers.Binary;
using Coordination.Protocol;

namespace Coordination.Engine.Log;

/// <summary>Reads the log's binary form, which is jute's, without copying.</summary>
internal struct LogReader(ReadOnlyMemory<byte> bytes)
{
    public int Position { get; private set; }

    public readonly int Remaining => bytes.Length - Position;

    public byte ReadByte() => Take(1).Span[0];

    public readonly bool IsNext(byte value) => Remaining > 0 && bytes.Span[Position] == value;

    public long ReadVariableLong()
    {
        long value = 0;
        for (int shift = 0; shift < 63; shift += 7)
        {
            byte next = ReadByte();
            value |= (long)(next & 0x7f) << shift;
            if (next < 0x80)
                return value;
        }
        throw new MalformedRecordException("a number of more than nine bytes");
    }

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
