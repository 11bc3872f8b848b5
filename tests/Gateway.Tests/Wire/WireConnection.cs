using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Coordination.Gateway.Tests.Wire;

/// <summary>A connection that sends what it is told to, to the byte, and takes whatever comes.</summary>
public sealed class WireConnection : IDisposable
{
    private static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(60);

    private readonly Socket _socket;

    private WireConnection(Socket socket) => _socket = socket;

    public static async Task<WireConnection> OpenAsync(IPEndPoint server)
    {
        var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var timeout = new CancellationTokenSource(s_longestWait);
        await socket.ConnectAsync(server, timeout.Token);
        return new WireConnection(socket);
    }

    /// <summary>Sends bytes, in as few packets as the system makes of them.</summary>
    public async Task SendAsync(params byte[][] frames)
    {
        byte[] together = [.. frames.SelectMany(static frame => frame)];
        using var timeout = new CancellationTokenSource(s_longestWait);
        for (int sent = 0; sent < together.Length;)
            sent += await _socket.SendAsync(together.AsMemory(sent), timeout.Token);
    }

    /// <summary>Sends as much as the other side takes in the time given.</summary>
    /// <returns>How many bytes went out.</returns>
    public async Task<long> SendAsMuchAsGoesAsync(byte[] again, long most, TimeSpan within)
    {
        long total = 0;
        using var timeout = new CancellationTokenSource(within);
        try
        {
            while (total < most)
                total += await _socket.SendAsync(again.AsMemory((int)(total % again.Length)), timeout.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            // The other side takes no more, or has hung up.
        }

        return total;
    }

    /// <summary>Sends byte by byte, each in a packet of its own.</summary>
    public async Task SendByteByByteAsync(byte[] bytes)
    {
        foreach (byte one in bytes)
        {
            await SendAsync([one]);
            await Task.Yield();
        }
    }

    /// <summary>Tells the other side that nothing more will come.</summary>
    public void EndSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Ends the connection without a word, as a process does that is killed with answers unread.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Close();
    }

    /// <summary>The next frame, without its length.</summary>
    /// <exception cref="EndOfStreamException">The connection was closed instead.</exception>
    public async Task<byte[]> ReadFrameAsync()
    {
        int length = BinaryPrimitives.ReadInt32BigEndian(await ReadAsync(sizeof(int)));
        Assert.InRange(length, 0, 64 << 20);
        return await ReadAsync(length);
    }

    /// <summary>The next frame, which has to be a reply.</summary>
    public async Task<WireReply> ReadReplyAsync() => WireReply.Read(await ReadFrameAsync());

    /// <summary>All that comes until the connection is closed.</summary>
    public async Task<byte[]> ReadToEndAsync()
    {
        var all = new MemoryStream();
        byte[] buffer = new byte[64 * 1024];
        while (await ReceiveAsync(buffer) is > 0 and int received)
            all.Write(buffer, 0, received);
        return all.ToArray();
    }

    /// <summary>Waits for the other side to close the connection, having sent nothing more.</summary>
    public async Task ExpectCloseAsync() => Assert.Empty(await ReadToEndAsync());

    public void Dispose() => _socket.Dispose();

    private async Task<byte[]> ReadAsync(int length)
    {
        byte[] bytes = new byte[length];
        for (int read = 0; read < length;)
        {
            int received = await ReceiveAsync(bytes.AsMemory(read));
            if (received == 0)
                throw new EndOfStreamException($"the connection ended {length - read} bytes too early");
            read += received;
        }

        return bytes;
    }

    private async Task<int> ReceiveAsync(Memory<byte> buffer)
    {
        using var timeout = new CancellationTokenSource(s_longestWait);
        try
        {
            return await _socket.ReceiveAsync(buffer, timeout.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"neither bytes nor an end within {s_longestWait.TotalSeconds} s");
        }
        catch (SocketException reset) when (reset.SocketErrorCode == SocketError.ConnectionReset)
        {
            // Closed while something that we sent was on its way.
            return 0;
        }
    }
}
