using System.Globalization;
using System.Text;
using Coordination.Engine.Tests.Checks;
using Coordination.Engine.Tests.Properties;
using FsCheck.Fluent;
using Xunit.Abstractions;

namespace Coordination.Engine.Tests.Structures;

/// <summary>Paths.</summary>
public sealed class ZnodePathTests(ITestOutputHelper output)
{
    private static readonly string[] s_pieces =
    [
        "/", "/", "/", "a", "b", ".", ".", "..", "é", "木", "\0", "\u0001", "\u001f", " ", "~", "\u007f", "\u0080", "\u009f",
        "\u00a0", "\u07ff", "\u0800", "\ud7ff", "\ud83d\ude00", "\ue000", "\uf8ff", "\uf900", "\uffef", "\ufff0", "\uffff",
    ];

    private static readonly byte[] s_bytes =
    [
        (byte)'/', (byte)'a', (byte)'.', 0x00, 0x1f, 0x7f, 0x80, 0x9f, 0xa0, 0xbf, 0xc0, 0xc2, 0xdf, 0xe0, 0xed, 0xee, 0xef,
        0xf0, 0xf4, 0xf5, 0xff,
    ];

    [Fact]
    public void Each_utf16_unit_is_allowed_as_ZooKeeper_allows_it()
    {
        for (int unit = 0; unit <= char.MaxValue; unit++)
        {
            byte[] path = Encoding.UTF8.GetBytes($"/x{(char)unit}y/{(char)unit}");
            Assert.True(
                PathRules.Allow(path) == ZnodePath.IsValid(path), unit.ToString("x4", CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public void Paths_are_allowed_as_ZooKeeper_allows_them() =>
        PropertyRun.ForAll(output, 20_000, 20, PropertyRun.Arrays(Gen.Elements(s_pieces)), pieces =>
            CheckPath(Encoding.UTF8.GetBytes("/" + string.Concat(pieces))));

    [Fact]
    public void Bytes_are_allowed_as_what_Java_reads_in_them() =>
        PropertyRun.ForAll(output, 20_000, 12, PropertyRun.Arrays(Gen.Elements(s_bytes)), bytes =>
            CheckPath([(byte)'/', .. bytes]));

    [Fact]
    public void A_parent_is_all_before_the_last_slash()
    {
        Assert.Equal(""u8, ZnodePath.ParentOf("/a"u8));
        Assert.Equal("/a"u8, ZnodePath.ParentOf("/a/b"u8));
        Assert.Equal("/a"u8, ZnodePath.ParentOf("/a/"u8));
        Assert.Equal(""u8, ZnodePath.ParentOf("/"u8));
        Assert.Equal(""u8, ZnodePath.ParentOf("nonsense"u8));
    }

    [Fact]
    public void A_suffix_is_what_Java_prints()
    {
        var random = new Random(Effort.Seed(output));
        int[] edges = [0, 1, 9, 10, int.MaxValue, int.MinValue, -1, -9, -10, -999_999_999, -1_000_000_000, 999_999_999];
        foreach (int sequence in edges.Concat(Enumerable.Range(0, 1000).Select(_ => random.Next(int.MinValue, int.MaxValue))))
        {
            string digits = sequence.ToString(CultureInfo.InvariantCulture);
            // "%010d" fills with zeros behind the sign until there are ten places.
            string expected = sequence < 0 ? "-" + digits[1..].PadLeft(9, '0') : digits.PadLeft(10, '0');
            Assert.Equal("/é" + expected, Encoding.UTF8.GetString(ZnodePath.WithSequence("/é"u8, sequence)));
        }
    }

    private static void CheckPath(byte[] path) =>
        Assert.True(PathRules.Allow(path) == ZnodePath.IsValid(path), Convert.ToHexString(path));
}
