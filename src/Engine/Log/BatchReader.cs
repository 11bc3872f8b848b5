using Coordination.Protocol;

namespace Coordination.Engine.Log;

/// <summary>Reads the entries of one batch, the body of a log row.</summary>
public struct BatchReader
{
    private LogReader _reader;
    private int _left;

    /// <summary>Opens a batch.</summary>
    /// <param name="body">The row's body; entries point into it.</param>
    /// <exception cref="MalformedRecordException">The bytes are no batch, or need a newer program.</exception>
    public BatchReader(ReadOnlyMemory<byte> body)
    {
        _reader = new LogReader(body);
        int level = _reader.ReadByte();
        if (level is < 1 or > LogFormat.CurrentLevel)
            throw new MalformedRecordException(
                $"a batch of format level {level}, where this program reads up to {LogFormat.CurrentLevel}");
        _left = _reader.ReadInt();
        if (_left < 0)
            throw new MalformedRecordException($"a batch of {_left} entries");
    }

    /// <summary>Reads the next entry; false at the end of the batch.</summary>
    /// <exception cref="MalformedRecordException">The bytes are no entry.</exception>
    public bool TryRead(out LogEntry entry)
    {
        if (_left == 0)
        {
            if (_reader.Remaining > 0)
                throw new MalformedRecordException($"{_reader.Remaining} bytes behind the last entry of a batch");
            entry = default;
            return false;
        }
        _left--;
        var header = new EntryHeader(_reader.ReadLong(), _reader.ReadLong(), _reader.ReadLong(), _reader.ReadInt());
        var once = _reader.IsNext((byte)EntryKind.Once) ? ReadOnce() : default;
        entry = new LogEntry(header, Change.Read(ref _reader)) { Once = once };
        return true;
    }

    private OnceNumber ReadOnce()
    {
        _reader.ReadByte();
        long number = _reader.ReadVariableLong();
        var once = new OnceNumber(number, number - _reader.ReadVariableLong());
        return once.IsValid ? once : throw new MalformedRecordException($"a write of the number {number}, with {once.FirstOpen} open");
    }
}
