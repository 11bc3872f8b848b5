using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Coordination.Gateway.Tests.Wire;

namespace Coordination.Gateway.Tests.Stalls;

/// <summary>A session whose frames were made beforehand, and whose replies are looked at no further than their errors.</summary>
public sealed class BlockingConnection : IDisposable
{
    private const int SessionTimeout = 40_000;
    private const int ErrorPosition = 12;

    private readonly Socket _socket;
    private readonly byte[] _length = new byte[sizeof(int)];
    private byte[] _frame = new byte[64 * 1024];

    public BlockingConnection(IPEndPoint server)
    {
        _socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 180_000 };
        _socket.Connect(server);
        Send(Frames.Connect(timeout: SessionTimeout));
        ReadFrame();
    }

    public void Send(byte[] frame)
    {
        for (int sent = 0; sent < frame.Length;)
            sent += _socket.Send(frame.AsSpan(sent));
    }

    /// <summary>The next reply that is no notification.</summary>
    public void ReadReply()
    {
        do
            ReadFrame();
        while (BinaryPrimitives.ReadInt32BigEndian(_frame) == Frames.NotificationXid);
        Assert.Equal(0, BinaryPrimitives.ReadInt32BigEndian(_frame.AsSpan(ErrorPosition)));
    }

    /// <summary>Ends the connection without closing the session.</summary>
    public void Dispose() => _socket.Dispose();

    private void ReadFrame()
    {
        Read(_length);
        int length = BinaryPrimitives.ReadInt32BigEndian(_length);
        if (length > _frame.Length)
            _frame = new byte[length * 2];
        Read(_frame.AsSpan(0, length));
    }

    private void Read(Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int received = _socket.Receive(bytes);
            if (received == 0)
                throw new EndOfStreamException("the server has closed the connection");
            bytes = bytes[received..];
        }
    }
}
