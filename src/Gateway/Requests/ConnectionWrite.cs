using System.Buffers.Binary;
using Coordination.Engine.Requests;
using Coordination.Protocol;

namespace Coordination.Gateway.Requests;

/// <summary>A write that a connection waits for, and the reads that came right behind it.</summary>
internal sealed class ConnectionWrite(
    SessionConnection connection, Caller caller, WriteOperation operation, RequestHeader header, long readAt)
    : WriteRequest(caller, operation, header.Xid)
{
    private const int LengthBytes = 4;

    private JuteBuffer? _readsBehind;

    /// <summary>What the request starts with.</summary>
    public RequestHeader Header { get; } = header;

    /// <summary>How many bytes it is counted with among the large ones; 0 where it is not large.</summary>
    public int LargeBytes { get; init; }

    /// <summary>When the request was read, on the clock of <see cref="System.Diagnostics.Stopwatch"/>.</summary>
    public long ReadAt { get; } = readAt;

    /// <summary>Whether it is answered; under the gate of the connection's outbox.</summary>
    public bool IsAnswered { get; set; }

    /// <summary>Keeps a read that has to see this write: it is answered with it.</summary>
    public void AddReadBehind(ReadOnlySpan<byte> frame) => (_readsBehind ??= new JuteBuffer()).WriteBuffer(frame);

    /// <summary>Takes the reads that were kept, in their order.</summary>
    /// <param name="position">Where to go on; 0 at first.</param>
    /// <param name="frame">The next read.</param>
    public bool TryTakeReadBehind(ref int position, out ReadOnlySpan<byte> frame)
    {
        frame = default;
        if (_readsBehind is null)
            return false;
        var left = _readsBehind.WrittenSpan[position..];
        if (left.IsEmpty)
        {
            _readsBehind.Dispose();
            _readsBehind = null;
            return false;
        }
        int length = BinaryPrimitives.ReadInt32BigEndian(left);
        frame = left.Slice(LengthBytes, length);
        position += LengthBytes + length;
        return true;
    }

    public override void Complete(in WriteOutcome outcome) => connection.Complete(this, outcome);
}
