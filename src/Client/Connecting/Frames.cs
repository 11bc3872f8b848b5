using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Coordination.Protocol;

namespace Coordination.Client.Connecting;

/// <summary>Takes frames, a length and that many bytes, out of what was read.</summary>
internal static class Frames
{
    private const int LengthLength = 4;

    /// <summary>Takes the next frame, if all of it is there.</summary>
    /// <param name="buffer">What was read; moved behind the frame.</param>
    /// <param name="longest">The longest frame that is taken.</param>
    /// <param name="frame">The frame without its length.</param>
    /// <exception cref="MalformedRecordException">The length is negative, or too long.</exception>
    internal static bool TryTake(ref ReadOnlySequence<byte> buffer, int longest, out ReadOnlySequence<byte> frame)
    {
        frame = default;
        if (buffer.Length < LengthLength)
            return false;
        int length = ReadLength(buffer);
        if (length < 0 || length > longest)
            throw new MalformedRecordException($"an answer of {length} bytes, where {longest} are taken");
        if (buffer.Length - LengthLength < length)
            return false;
        frame = buffer.Slice(LengthLength, length);
        buffer = buffer.Slice(LengthLength + (long)length);
        return true;
    }

    /// <summary>Waits for a frame, and takes only that.</summary>
    /// <exception cref="EndOfStreamException">The server closed the connection.</exception>
    internal static async ValueTask<byte[]> ReadAsync(PipeReader reader, int longest, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            var buffer = read.Buffer;
            if (TryTake(ref buffer, longest, out var frame))
            {
                byte[] bytes = frame.ToArray();
                reader.AdvanceTo(buffer.Start);
                return bytes;
            }
            reader.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted)
                throw new EndOfStreamException("the server closed the connection");
        }
    }

    private static int ReadLength(in ReadOnlySequence<byte> buffer)
    {
        if (buffer.FirstSpan.Length >= LengthLength)
            return BinaryPrimitives.ReadInt32BigEndian(buffer.FirstSpan);
        Span<byte> bytes = stackalloc byte[LengthLength];
        buffer.Slice(0, LengthLength).CopyTo(bytes);
        return BinaryPrimitives.ReadInt32BigEndian(bytes);
    }
}
