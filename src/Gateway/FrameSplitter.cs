using System.Buffers;
using System.Buffers.Binary;

namespace Coordination.Gateway;

/// <summary>Splits what a connection has sent into frames: an int length, then that many bytes.</summary>
internal ref struct FrameSplitter
{
    private const int LengthBytes = 4;

    private readonly int _longestFrame;
    private ReadOnlySequence<byte> _left;
    private ReadOnlySpan<byte> _first;

    public FrameSplitter(ReadOnlySequence<byte> input, int longestFrame)
    {
        _left = input;
        _first = input.FirstSpan;
        _longestFrame = longestFrame;
    }

    /// <summary>Where the first frame starts that was not taken.</summary>
    public readonly SequencePosition Position => _left.GetPosition(_left.FirstSpan.Length - _first.Length);

    /// <summary>Looks at the next frame without taking it.</summary>
    /// <param name="frame">The frame without its length.</param>
    /// <returns>False where it has not arrived whole.</returns>
    /// <exception cref="FrameLengthException">The length is negative or beyond the limit.</exception>
    public bool TryPeek(out ReadOnlySpan<byte> frame)
    {
        if (_first.Length < LengthBytes)
            return TryPeekAcrossSegments(out frame);
        int length = BinaryPrimitives.ReadInt32BigEndian(_first);
        if ((uint)length > (uint)_longestFrame)
            throw new FrameLengthException(length, _longestFrame);
        if (_first.Length - LengthBytes < length)
            return TryPeekAcrossSegments(out frame);
        frame = _first.Slice(LengthBytes, length);
        return true;
    }

    /// <summary>Takes the frame that was looked at.</summary>
    public void Take(int length)
    {
        if (_first.Length >= LengthBytes + length)
        {
            _first = _first[(LengthBytes + length)..];
            return;
        }
        _left = _left.Slice(_left.GetPosition(LengthBytes + length, Position));
        _first = _left.FirstSpan;
    }

    private bool TryPeekAcrossSegments(out ReadOnlySpan<byte> frame)
    {
        frame = default;
        var rest = _left.Slice(Position);
        if (rest.Length < LengthBytes)
            return false;
        Span<byte> prefix = stackalloc byte[LengthBytes];
        rest.Slice(0, LengthBytes).CopyTo(prefix);
        int length = BinaryPrimitives.ReadInt32BigEndian(prefix);
        if ((uint)length > (uint)_longestFrame)
            throw new FrameLengthException(length, _longestFrame);
        if (rest.Length - LengthBytes < length)
            return false;
        frame = rest.Slice(LengthBytes, length).ToArray();
        return true;
    }
}
