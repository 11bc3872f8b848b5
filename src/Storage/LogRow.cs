namespace Coordination.Storage;

/// <summary>One row of the log: one batch, committed whole or not at all.</summary>
/// <param name="Position">Where it stands: one above the row before.</param>
/// <param name="FirstZxid">The first zxid in it; above the last zxid of the row before.</param>
/// <param name="LastZxid">The last zxid in it.</param>
/// <param name="Body">The batch in the engine's binary form: from 1 to <see cref="MaxBodyLength"/> bytes.</param>
/// <param name="Checksum">Over the checksum of the row before and all of this one; see <see cref="LogChecksum"/>.</param>
public readonly record struct LogRow(
    long Position, long FirstZxid, long LastZxid, ReadOnlyMemory<byte> Body, UInt128 Checksum)
{
    /// <summary>The most bytes that a body may have.</summary>
    public const int MaxBodyLength = 64 << 20;

    /// <summary>The log's tail where this row is the last.</summary>
    public LogTail AsTail() => new(Position, LastZxid, Checksum);
}
