using Coordination.Engine.Checkpoint;
using Coordination.Engine.Log;
using Coordination.Protocol;

namespace Coordination.Engine.Tests.Fuzzing;

/// <summary>Rows that are no batches, each in a way of its own.</summary>
public sealed class MalformedLogTests
{
    private static readonly EntryHeader s_header = new(1, 0, 0, 0);

    [Fact]
    public void A_level_that_this_program_does_not_read()
    {
        Assert.Throws<MalformedRecordException>(() => new BatchReader(new byte[] { LogFormat.CurrentLevel + 1, 0, 0, 0, 0 }));
        Assert.Throws<MalformedRecordException>(() => new BatchReader(new byte[5]));
        Assert.Throws<MalformedRecordException>(() => new BatchReader(default));
    }

    [Fact]
    public void A_negative_count_of_entries() =>
        Assert.Throws<MalformedRecordException>(() => new BatchReader(new byte[] { 1, 0xff, 0xff, 0xff, 0xff }));

    [Fact]
    public void Fewer_entries_than_it_says() => AssertMalformed(new byte[] { 1, 0, 0, 0, 1 });

    [Fact]
    public void More_bytes_than_entries() => AssertMalformed(new byte[] { 1, 0, 0, 0, 0, 7 });

    [Fact]
    public void A_kind_that_is_none() => AssertMalformed(Body(buffer => buffer.WriteByte(99)));

    [Fact]
    public void A_negative_length() => AssertMalformed(Body(buffer =>
    {
        buffer.WriteByte((byte)EntryKind.Delete);
        buffer.WriteInt(-2);
    }));

    [Fact]
    public void A_list_of_a_negative_count() => AssertMalformed(Body(buffer =>
    {
        buffer.WriteByte((byte)EntryKind.Multi);
        buffer.WriteInt(-1);
        buffer.WriteInt(0);
    }));

    [Fact]
    public void A_list_with_fewer_changes_than_it_says() => AssertMalformed(Body(buffer =>
    {
        buffer.WriteByte((byte)EntryKind.Multi);
        buffer.WriteInt(int.MaxValue);
        buffer.WriteInt(0);
    }));

    [Fact]
    public void A_list_with_more_bytes_than_changes() => AssertMalformed(Body(buffer =>
    {
        buffer.WriteByte((byte)EntryKind.Multi);
        buffer.WriteInt(0);
        buffer.WriteBuffer("left"u8);
    }));

    [Fact]
    public void A_multi_inside_a_multi() => AssertMalformed(Nested(2));

    /// <summary>Two lists deep is malformed; very many would take the whole stack of one who walks into them.</summary>
    [Fact]
    public void Very_many_multis_inside_one_another() => AssertMalformed(Nested(200_000));

    [Fact]
    public void Folding_stops_at_a_malformed_list() => Assert.Throws<MalformedRecordException>(
        () => new CheckpointFolder(Genesis.State).Fold(1, 1, Nested(200_000)));

    private static void AssertMalformed(ReadOnlyMemory<byte> body) => Assert.Throws<MalformedRecordException>(() =>
    {
        var reader = new BatchReader(body);
        while (reader.TryRead(out var entry))
        {
            foreach (var item in entry.Change.Items)
                Assert.NotEqual(default, item.Kind);
        }
    });

    [Theory]
    [InlineData(new byte[] { 14, 0, 0 })] // the number 0
    [InlineData(new byte[] { 14, 3, 3 })] // 0 is open
    [InlineData(new byte[] { 14, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0 })] // too long a number
    [InlineData(new byte[] { 14, 3, 1 })] // nothing behind it
    [InlineData(new byte[] { 14, 3, 1, 14, 3, 1 })] // one in another
    [InlineData(new byte[] { 5, 0, 0, 0, 1, 0, 0, 0, 3, 14, 3, 1 })] // in a multi
    public void A_number_stands_before_a_change_and_nowhere_else(byte[] change) =>
        AssertMalformed(Body(buffer => buffer.WriteRaw(change)));

    private static byte[] Nested(int depth) => Body(buffer =>
    {
        const int Head = 9;
        for (int left = depth - 1; left >= 0; left--)
        {
            buffer.WriteByte((byte)EntryKind.Multi);
            buffer.WriteInt(left > 0 ? 1 : 0);
            buffer.WriteInt(left * Head);
        }
    });

    private static byte[] Body(Action<JuteBuffer> change)
    {
        using var buffer = new JuteBuffer();
        buffer.WriteByte(LogFormat.CurrentLevel);
        buffer.WriteInt(1);
        buffer.WriteLong(s_header.Zxid);
        buffer.WriteLong(s_header.Time);
        buffer.WriteLong(s_header.SessionId);
        buffer.WriteInt(s_header.Cxid);
        change(buffer);
        return buffer.WrittenSpan.ToArray();
    }
}
