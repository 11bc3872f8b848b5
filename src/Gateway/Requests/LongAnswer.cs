using Coordination.Protocol;

namespace Coordination.Gateway.Requests;

/// <summary>What is left of an answer that takes long to write: as of one moment, and written when nothing is locked.</summary>
/// <param name="start">Where its frame begins in the buffer.</param>
internal abstract class LongAnswer(int start)
{
    private const int LengthBytes = 4;

    /// <summary>Writes the rest of the frame.</summary>
    /// <param name="buffer">The buffer that the frame was begun in; nothing came behind it.</param>
    public void WriteRest(JuteBuffer buffer)
    {
        Write(buffer);
        buffer.WriteIntAt(start, buffer.Length - start - LengthBytes);
    }

    protected abstract void Write(JuteBuffer buffer);
}
