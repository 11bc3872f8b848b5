using System.Buffers.Binary;
using System.Text;

namespace Coordination.Testing.RawProtocol;

/// <summary>Encodes ZooKeeper's records: big-endian, fields in order, no tags.</summary>
public sealed class JuteWriter
{
    private byte[] _bytes = new byte[256];
    private int _length;

    public void WriteInt(int value) => BinaryPrimitives.WriteInt32BigEndian(Append(sizeof(int)), value);

    public void WriteLong(long value) => BinaryPrimitives.WriteInt64BigEndian(Append(sizeof(long)), value);

    public void WriteBool(bool value) => Append(1)[0] = value ? (byte)1 : (byte)0;

    /// <summary>Writes a buffer; null has the length -1.</summary>
    public void WriteBuffer(byte[]? value)
    {
        WriteInt(value?.Length ?? -1);
        value?.CopyTo(Append(value.Length));
    }

    /// <summary>Writes a string; null has the length -1.</summary>
    public void WriteString(string? value) => WriteBuffer(value is null ? null : Encoding.UTF8.GetBytes(value));

    /// <summary>Writes a vector of strings; null has the count -1.</summary>
    public void WriteStrings(IReadOnlyCollection<string>? values)
    {
        WriteInt(values?.Count ?? -1);
        if (values is null)
            return;
        foreach (string value in values)
            WriteString(value);
    }

    internal void WriteAcl(IReadOnlyCollection<AclEntry> entries)
    {
        WriteInt(entries.Count);
        foreach (var entry in entries)
            entry.Write(this);
    }

    /// <summary>What was written, behind its length: one frame of the protocol.</summary>
    public byte[] ToFrame()
    {
        byte[] frame = new byte[sizeof(int) + _length];
        BinaryPrimitives.WriteInt32BigEndian(frame, _length);
        _bytes.AsSpan(0, _length).CopyTo(frame.AsSpan(sizeof(int)));
        return frame;
    }

    private Span<byte> Append(int length)
    {
        if (_length + length > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + length));
        var added = _bytes.AsSpan(_length, length);
        _length += length;
        return added;
    }
}
