using Coordination.Engine.Log;
using Coordination.Protocol;

namespace Coordination.Engine.Sessions;

/// <summary>The answers to a session's numbered writes that its client may still ask for, in the order of their numbers.</summary>
/// <remarks>A ring. The last write's answer is always kept, since a write is open when it is done: so the last number kept is
/// the highest that was done. It uses the arrays of forgotten answers again, where they are small.</remarks>
internal sealed class KeptAnswers
{
    private const byte EncodingVersion = 1;
    private const int LeastSlots = 16;
    private const int MostReused = 256;
    private const int LeastEncodedAnswer = 8 + 8 + 4;

    private Slot[] _slots = new Slot[LeastSlots];
    private int _first;
    private int _count;
    private long _firstOpen;

    public KeptAnswers()
    {
    }

    /// <summary>Decodes what <see cref="Encode"/> made.</summary>
    /// <exception cref="MalformedRecordException">The bytes are no answers.</exception>
    public KeptAnswers(ReadOnlySpan<byte> encoded)
    {
        var reader = new JuteReader(encoded);
        byte version = reader.ReadByte();
        if (version != EncodingVersion)
            throw new MalformedRecordException($"answers of the version {version}, where this program reads {EncodingVersion}");
        _firstOpen = reader.ReadLong();
        for (int left = reader.ReadCount(LeastEncodedAnswer); left > 0; left--)
            Add(reader.ReadLong(), reader.ReadLong(), reader.ReadBuffer(out _));
        if (reader.Remaining > 0)
            throw new MalformedRecordException($"{reader.Remaining} bytes behind the last answer of a session");
    }

    /// <summary>The highest number that was done, as far as is known: one below what the client waits for is not done
    /// now. 0 for none.</summary>
    /// <remarks>Nothing is kept where a checkpoint is older than what had its client forget. The entries behind it say more,
    /// unless they were lost in a restore.</remarks>
    public long LastNumber => _count == 0 ? Math.Max(0, _firstOpen - 1) : At(_count - 1).Number;

    /// <summary>How many bytes the answers take.</summary>
    public long Bytes { get; private set; }

    /// <summary>Keeps the answer to a write that was done, and forgets those that the client waits for no more.</summary>
    public void Keep(OnceNumber once, long zxid, ReadOnlySpan<byte> answer)
    {
        if (_count > 0 && once.Number <= LastNumber)
            throw new InvalidOperationException($"a write of the number {once.Number} behind one of {LastNumber}");
        _firstOpen = Math.Max(_firstOpen, once.FirstOpen);
        while (_count > 0 && At(0).Number < _firstOpen)
            ForgetFirst();
        Add(once.Number, zxid, answer);
    }

    /// <summary>How many bytes the answers take from a number on.</summary>
    public long BytesFrom(long number)
    {
        long bytes = Bytes;
        for (int i = 0; i < _count && At(i).Number < number; i++)
            bytes -= At(i).Length;
        return bytes;
    }

    /// <summary>Finds an answer; what is found may be looked at until the next is kept.</summary>
    /// <returns>Ok, or why there is none: the write was refused, or the client does not wait for it.</returns>
    public ErrorCode Find(long number, out ReadOnlyMemory<byte> answer)
    {
        int low = 0, high = _count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (At(middle).Number < number)
                low = middle + 1;
            else
                high = middle;
        }
        answer = default;
        if (low == _count || At(low).Number != number)
            return number < _firstOpen ? ErrorCode.HistoryLost : ErrorCode.WasRefused;
        answer = At(low).Answer.AsMemory(0, At(low).Length);
        return ErrorCode.Ok;
    }

    /// <summary>Encodes the answers up to a zxid.</summary>
    public byte[] Encode(long through)
    {
        int count = _count;
        while (count > 0 && At(count - 1).Zxid > through)
            count--;
        using var buffer = new JuteBuffer();
        buffer.WriteByte(EncodingVersion);
        buffer.WriteLong(_firstOpen);
        buffer.WriteInt(count);
        for (int i = 0; i < count; i++)
        {
            ref var slot = ref At(i);
            buffer.WriteLong(slot.Number);
            buffer.WriteLong(slot.Zxid);
            buffer.WriteBuffer(slot.Answer.AsSpan(0, slot.Length));
        }
        return buffer.WrittenSpan.ToArray();
    }

    private void Add(long number, long zxid, ReadOnlySpan<byte> answer)
    {
        if (_count == _slots.Length)
            Grow();
        ref var slot = ref At(_count++);
        slot.Number = number;
        slot.Zxid = zxid;
        slot.Length = answer.Length;
        if (slot.Answer is null || slot.Answer.Length < answer.Length)
            slot.Answer = new byte[answer.Length];
        answer.CopyTo(slot.Answer);
        Bytes += answer.Length;
    }

    private void ForgetFirst()
    {
        ref var slot = ref At(0);
        Bytes -= slot.Length;
        if (slot.Answer!.Length > MostReused)
            slot.Answer = null;
        _first = (_first + 1) & (_slots.Length - 1);
        _count--;
    }

    private void Grow()
    {
        var grown = new Slot[_slots.Length * 2];
        for (int i = 0; i < _count; i++)
            grown[i] = At(i);
        _slots = grown;
        _first = 0;
    }

    private ref Slot At(int index) => ref _slots[(_first + index) & (_slots.Length - 1)];

    private struct Slot
    {
        public long Number;
        public long Zxid;
        public int Length;
        public byte[]? Answer;
    }
}
