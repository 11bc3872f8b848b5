using System.Buffers.Binary;
using Coordination.Grains.Messages;

namespace Coordination.Client.GrainServer;

/// <summary>Frames on a stream; of one connection's grain.</summary>
/// <remarks>A frame is the call's number, the call, the chunk's number, whether it is the last, the length of its bytes (-1 for
/// none), and the bytes.</remarks>
internal sealed class GrainFrames(Stream stream) : IDisposable
{
    private const int HeaderLength = 4 + 1 + 8 + 1 + 4;

    private readonly SemaphoreSlim _writing = new(1);

    public async Task WriteAsync(GrainFrame frame, CancellationToken cancellationToken)
    {
        byte[] bytes = frame.Chunk.Bytes ?? [];
        byte[] whole = new byte[HeaderLength + bytes.Length];
        BinaryPrimitives.WriteInt32LittleEndian(whole, frame.Number);
        whole[4] = (byte)frame.Call;
        BinaryPrimitives.WriteInt64LittleEndian(whole.AsSpan(5), frame.Chunk.Number);
        whole[13] = frame.Chunk.IsLast ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt32LittleEndian(whole.AsSpan(14), frame.Chunk.Bytes is null ? -1 : bytes.Length);
        bytes.CopyTo(whole.AsSpan(HeaderLength));
        await _writing.WaitAsync(cancellationToken);
        try
        {
            await stream.WriteAsync(whole, cancellationToken);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <exception cref="IOException">There is no other frame.</exception>
    public async Task<GrainFrame> ReadAsync(CancellationToken cancellationToken)
    {
        byte[] header = new byte[HeaderLength];
        await stream.ReadExactlyAsync(header, cancellationToken);
        int length = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(14));
        byte[]? bytes = null;
        if (length is >= 0 and <= ConnectionChunk.MostBytes)
            await stream.ReadExactlyAsync(bytes = new byte[length], cancellationToken);
        else if (length != -1)
            throw new InvalidDataException($"a chunk of {length} bytes");
        var chunk = new ConnectionChunk(BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(5)), bytes, header[13] != 0);
        return new GrainFrame(BinaryPrimitives.ReadInt32LittleEndian(header), (GrainCall)header[4], chunk);
    }

    public void Dispose() => _writing.Dispose();
}
