namespace Coordination.Gateway;

/// <summary>A frame's length is negative or beyond the limit: what follows cannot be told apart into frames.</summary>
internal sealed class FrameLengthException(int length, int longest)
    : Exception($"a frame of {length} bytes, where 0 to {longest} are allowed");
