using System.Buffers.Binary;

namespace Coordination.Client.Recipes;

/// <summary>How an element stands in its znode's data, as Curator's queues have it: a version, the element after its
/// length, and a mark for the end.</summary>
internal static class QueueElement
{
    private const int Version = 0x00010001;
    private const byte Item = 1;
    private const byte End = 2;
    private const int HeaderLength = 9;

    internal static byte[] Encode(ReadOnlySpan<byte> element)
    {
        byte[] encoded = new byte[HeaderLength + element.Length + 1];
        BinaryPrimitives.WriteInt32BigEndian(encoded, Version);
        encoded[4] = Item;
        BinaryPrimitives.WriteInt32BigEndian(encoded.AsSpan(5), element.Length);
        element.CopyTo(encoded.AsSpan(HeaderLength));
        encoded[^1] = End;
        return encoded;
    }

    /// <exception cref="FormatException">It is something else, or several elements in one.</exception>
    internal static ReadOnlyMemory<byte> Decode(ReadOnlyMemory<byte> encoded)
    {
        var bytes = encoded.Span;
        if (bytes.Length <= HeaderLength || BinaryPrimitives.ReadInt32BigEndian(bytes) != Version || bytes[4] != Item
            || BinaryPrimitives.ReadInt32BigEndian(bytes[5..]) != bytes.Length - HeaderLength - 1 || bytes[^1] != End)
        {
            throw new FormatException("the znode is no single element of a queue");
        }
        return encoded[HeaderLength..^1];
    }
}
