namespace Coordination.Storage.Tests;

public class LogChecksumTests
{
    [Fact]
    public void IsAsTheLogsThatAreOutThereHaveIt()
    {
        // printf of 16+8+8+8 bytes and the body | sha256sum: another value makes every log unreadable.
        Assert.Equal(
            UInt128.Parse("c68ecbce920c349cddc7b81a1ea9a71d", System.Globalization.NumberStyles.HexNumber),
            LogChecksum.Compute(1, 2, 3, 4, "body"u8));
    }

    [Fact]
    public void DependsOnAllThatItCovers()
    {
        var checksums = new HashSet<UInt128>
        {
            LogChecksum.Compute(0, 1, 1, 1, "a"u8),
            LogChecksum.Compute(1, 1, 1, 1, "a"u8),
            LogChecksum.Compute(UInt128.One << 127, 1, 1, 1, "a"u8),
            LogChecksum.Compute(0, 2, 1, 1, "a"u8),
            LogChecksum.Compute(0, 1, 2, 1, "a"u8),
            LogChecksum.Compute(0, 1, 1, 2, "a"u8),
            LogChecksum.Compute(0, 1, 1, 1, "b"u8),
            LogChecksum.Compute(0, 1, 1, 1, "a\0"u8),
            LogChecksum.Compute(0, 1, 1, 1, ""u8),
        };
        Assert.Equal(9, checksums.Count);
    }

    [Fact]
    public void TheNextRowOfATailIsChainedToIt()
    {
        var first = default(LogTail).Next(1, 2, "first"u8.ToArray());
        Assert.Equal(new LogTail(1, 2, LogChecksum.Compute(0, 1, 1, 2, "first"u8)), first.AsTail());
        var second = first.AsTail().Next(3, 3, "second"u8.ToArray());
        Assert.Equal(LogChecksum.Compute(first.Checksum, 2, 3, 3, "second"u8), second.Checksum);
    }
}
