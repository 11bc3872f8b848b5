using System.Buffers;
using System.Text;

namespace Coordination.Engine;

/// <summary>The rules of paths, over their UTF-8 bytes.</summary>
public static class ZnodePath
{
    /// <summary>How long a sequential znode's suffix is, unless the counter has overflowed.</summary>
    public const int SequenceLength = 10;

    /// <summary>The root.</summary>
    public static ReadOnlySpan<byte> Root => "/"u8;

    /// <summary>Whether a znode may be created or written at a path, by ZooKeeper's <c>PathUtils.validatePath</c>.</summary>
    /// <remarks>ZooKeeper looks at UTF-16 units, so characters that take two of them are refused.</remarks>
    public static bool IsValid(ReadOnlySpan<byte> path)
    {
        if (path.IsEmpty || path[0] != '/')
            return false;
        if (path.Length == 1)
            return true;
        if (path[^1] == '/')
            return false;
        int elementStart = 1;
        for (int i = 1; i < path.Length;)
        {
            byte unit = path[i];
            if (unit == '/')
            {
                if (!IsElement(path[elementStart..i]))
                    return false;
                elementStart = ++i;
            }
            else if (unit is >= 0x20 and < 0x7f)
            {
                i++;
            }
            else if (!IsAllowedBeyondAscii(path[i..], out int length))
            {
                return false;
            }
            else
            {
                i += length;
            }
        }
        return IsElement(path[elementStart..]);
    }

    /// <summary>A path's parent: all before the last slash, so empty for a child of the root.</summary>
    public static ReadOnlySpan<byte> ParentOf(ReadOnlySpan<byte> path)
    {
        int slash = path.LastIndexOf((byte)'/');
        return slash < 0 ? default : path[..slash];
    }

    /// <summary>Whether a path names the root; ZooKeeper has it under the empty path too.</summary>
    public static bool IsRoot(ReadOnlySpan<byte> path) => path.IsEmpty || path.SequenceEqual(Root);

    /// <summary>Whether a path is another one, or below it.</summary>
    public static bool IsAtOrBelow(ReadOnlySpan<byte> path, ReadOnlySpan<byte> top) =>
        IsRoot(top) || (path.StartsWith(top) && (path.Length == top.Length || path[top.Length] == '/'));

    /// <summary>Whether a path names a znode that no client may delete; <c>ZKDatabase.isSpecialPath</c>, and the list
    /// of extensions.</summary>
    public static bool IsSpecial(ReadOnlySpan<byte> path) =>
        path.SequenceEqual(Root)
        || path.SequenceEqual("/zookeeper"u8)
        || path.SequenceEqual("/zookeeper/quota"u8)
        || path.SequenceEqual("/zookeeper/config"u8)
        || path.SequenceEqual("/zookeeper/extensions"u8);

    /// <summary>A path with a sequential suffix, as Java's <c>"%010d"</c> prints it.</summary>
    public static byte[] WithSequence(ReadOnlySpan<byte> path, int sequence)
    {
        // Java counts the minus of an overflowed counter among the ten.
        string suffix = sequence < 0 ? $"-{-(long)sequence:D9}" : sequence.ToString("D10");
        byte[] whole = new byte[path.Length + suffix.Length];
        path.CopyTo(whole);
        Encoding.ASCII.GetBytes(suffix, whole.AsSpan(path.Length));
        return whole;
    }

    private static bool IsElement(ReadOnlySpan<byte> element) =>
        !element.IsEmpty && !element.SequenceEqual("."u8) && !element.SequenceEqual(".."u8);

    private static bool IsAllowedBeyondAscii(ReadOnlySpan<byte> bytes, out int length)
    {
        if (Rune.DecodeFromUtf8(bytes, out var rune, out length) != OperationStatus.Done)
            return false;
        return rune.Value is >= 0xa0 and < 0xd800 or > 0xf8ff and < 0xfff0;
    }
}
