using Coordination.Protocol;

namespace Coordination.Engine.Log;

/// <summary>Writes the entries of one batch, the body of a log row.</summary>
public sealed class BatchWriter : IDisposable
{
    private const int LevelPosition = 0;
    private const int CountPosition = 1;

    private readonly JuteBuffer _buffer;
    private int _entryStart;
    // What the batch needs, and what the entry does that is being written.
    private byte _level, _entryLevel;

    /// <summary>Makes an empty batch.</summary>
    public BatchWriter(int capacity = 16 * 1024)
    {
        _buffer = new JuteBuffer(capacity);
        Clear();
    }

    /// <summary>How many entries it holds.</summary>
    public int Count { get; private set; }

    /// <summary>The zxid of the first entry; 0 while there is none.</summary>
    public long FirstZxid { get; private set; }

    /// <summary>The zxid of the last entry; 0 while there is none.</summary>
    public long LastZxid { get; private set; }

    /// <summary>How many bytes it takes.</summary>
    public int Length => _buffer.Length;

    /// <summary>The batch as it stands in a log row; valid until the next write.</summary>
    public ReadOnlyMemory<byte> Body
    {
        get
        {
            _buffer.WriteIntAt(CountPosition, Count);
            return _buffer.WrittenMemory;
        }
    }

    /// <summary>Empties it, for the next batch.</summary>
    public void Clear()
    {
        _buffer.Clear(1 << 20);
        _buffer.WriteByte(_level = LogFormat.FirstLevel);
        _buffer.WriteInt(0);
        Count = 0;
        FirstZxid = LastZxid = 0;
    }

    /// <inheritdoc/>
    public void Dispose() => _buffer.Dispose();

    internal void BeginEntry(in EntryHeader header)
    {
        _entryStart = _buffer.Length;
        _entryLevel = LogFormat.FirstLevel;
        _buffer.WriteLong(header.Zxid);
        _buffer.WriteLong(header.Time);
        _buffer.WriteLong(header.SessionId);
        _buffer.WriteInt(header.Cxid);
    }

    internal void EndEntry(long zxid)
    {
        if (Count++ == 0)
            FirstZxid = zxid;
        LastZxid = zxid;
        if (_entryLevel > _level)
            _buffer.WriteByteAt(LevelPosition, _level = _entryLevel);
    }

    internal void AbandonEntry() => _buffer.Truncate(_entryStart);

    /// <summary>Writes what stands before the change of a write that has a number.</summary>
    internal void WriteOnce(OnceNumber once)
    {
        _entryLevel = LogFormat.OnceLevel;
        _buffer.WriteByte((byte)EntryKind.Once);
        WriteVariableLong(once.Number);
        WriteVariableLong(once.Number - once.FirstOpen);
    }

    internal void WriteCreate(
        ReadOnlySpan<byte> path, byte[]? data, ReadOnlySpan<byte> acl, long owner, int parentCreated)
    {
        _buffer.WriteByte((byte)EntryKind.Create);
        _buffer.WriteBuffer(path);
        _buffer.WriteBuffer(data);
        _buffer.WriteBuffer(acl);
        _buffer.WriteLong(owner);
        _buffer.WriteInt(parentCreated);
    }

    internal void WriteDelete(ReadOnlySpan<byte> path)
    {
        _buffer.WriteByte((byte)EntryKind.Delete);
        _buffer.WriteBuffer(path);
    }

    internal void WriteSetData(ReadOnlySpan<byte> path, byte[]? data, int version)
    {
        _buffer.WriteByte((byte)EntryKind.SetData);
        _buffer.WriteBuffer(path);
        _buffer.WriteBuffer(data);
        _buffer.WriteInt(version);
    }

    internal void WriteSetAcl(ReadOnlySpan<byte> path, ReadOnlySpan<byte> acl, int aversion)
    {
        _buffer.WriteByte((byte)EntryKind.SetAcl);
        _buffer.WriteBuffer(path);
        _buffer.WriteBuffer(acl);
        _buffer.WriteInt(aversion);
    }

    /// <summary>Begins a change that holds others; what it returns ends it.</summary>
    internal ListMark BeginMulti()
    {
        _buffer.WriteByte((byte)EntryKind.Multi);
        return BeginList();
    }

    internal ListMark BeginCloseSession(long sessionId)
    {
        _buffer.WriteByte((byte)EntryKind.CloseSession);
        _buffer.WriteLong(sessionId);
        return BeginList();
    }

    internal void EndList(ListMark mark, int count)
    {
        _buffer.WriteIntAt(mark.Position, count);
        _buffer.WriteIntAt(mark.Position + 4, _buffer.Length - mark.Position - 8);
    }

    internal void WriteOpenSession(long sessionId, ReadOnlySpan<byte> password, int timeoutMilliseconds, Guid silo)
    {
        _buffer.WriteByte((byte)EntryKind.OpenSession);
        _buffer.WriteLong(sessionId);
        _buffer.WriteBuffer(password);
        _buffer.WriteInt(timeoutMilliseconds);
        WriteGuid(silo);
    }

    internal void WriteAttachSession(long sessionId, int timeoutMilliseconds, Guid silo)
    {
        _buffer.WriteByte((byte)EntryKind.AttachSession);
        _buffer.WriteLong(sessionId);
        _buffer.WriteInt(timeoutMilliseconds);
        WriteGuid(silo);
    }

    internal void WriteCounter(string name, long next)
    {
        _buffer.WriteByte((byte)EntryKind.Counter);
        _buffer.WriteString(name);
        _buffer.WriteLong(next);
    }

    internal void WriteEpoch(int epoch, Guid silo)
    {
        _buffer.WriteByte((byte)EntryKind.Epoch);
        _buffer.WriteInt(epoch);
        WriteGuid(silo);
    }

    internal void WriteFormatLevel(int level)
    {
        _buffer.WriteByte((byte)EntryKind.FormatLevel);
        _buffer.WriteInt(level);
    }

    internal void WriteSiloBatch(Guid silo, long batchNumber)
    {
        _buffer.WriteByte((byte)EntryKind.SiloBatch);
        WriteGuid(silo);
        _buffer.WriteLong(batchNumber);
    }

    internal void WriteForgetSilos(long seen, ReadOnlySpan<Guid> silos)
    {
        _entryLevel = LogFormat.ForgettingLevel;
        _buffer.WriteByte((byte)EntryKind.ForgetSilos);
        _buffer.WriteLong(seen);
        _buffer.WriteInt(16 * silos.Length);
        foreach (var silo in silos)
            WriteGuid(silo);
    }

    // Small numbers take little: seven bits to a byte, the lowest first, the eighth set where there are more.
    private void WriteVariableLong(long value)
    {
        for (; value >= 0x80; value >>= 7)
            _buffer.WriteByte((byte)(value | 0x80));
        _buffer.WriteByte((byte)value);
    }

    private ListMark BeginList()
    {
        var mark = new ListMark(_buffer.Length);
        _buffer.WriteInt(0);
        _buffer.WriteInt(0);
        return mark;
    }

    private void WriteGuid(Guid value) => value.TryWriteBytes(_buffer.Append(16));

    /// <summary>Where a list began.</summary>
    internal readonly record struct ListMark(int Position);
}
