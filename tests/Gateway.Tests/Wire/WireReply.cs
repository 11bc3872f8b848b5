using System.Buffers.Binary;
using Coordination.Testing.RawProtocol;

namespace Coordination.Gateway.Tests.Wire;

/// <summary>A reply, taken apart no further than its header.</summary>
public sealed record WireReply(int Xid, long Zxid, ErrorCode Error, byte[] Body)
{
    private const int HeaderLength = 16;

    public static WireReply Read(byte[] frame)
    {
        Assert.True(frame.Length >= HeaderLength, $"a reply of {frame.Length} bytes");
        return new WireReply(
            BinaryPrimitives.ReadInt32BigEndian(frame),
            BinaryPrimitives.ReadInt64BigEndian(frame.AsSpan(4)),
            (ErrorCode)BinaryPrimitives.ReadInt32BigEndian(frame.AsSpan(12)),
            frame[HeaderLength..]);
    }
}
