namespace Coordination.Storage;

/// <summary>The end of a log, or of a prefix of it.</summary>
/// <param name="Position">The position of the last row; 0 for an empty log. Positions are dense, the first is 1.</param>
/// <param name="LastZxid">The last zxid in it; 0 for an empty log.</param>
/// <param name="Checksum">The chained checksum of the last row: it stands for the whole prefix. 0 for an empty log.</param>
public readonly record struct LogTail(long Position, long LastZxid, UInt128 Checksum)
{
    /// <summary>Makes the row that follows, its position and its checksum in place.</summary>
    /// <param name="firstZxid">The first zxid in the row.</param>
    /// <param name="lastZxid">The last zxid in the row.</param>
    /// <param name="body">The row's body; it must not change any more.</param>
    public LogRow Next(long firstZxid, long lastZxid, ReadOnlyMemory<byte> body) =>
        new(Position + 1, firstZxid, lastZxid, body,
            LogChecksum.Compute(Checksum, Position + 1, firstZxid, lastZxid, body.Span));
}
