using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Coordination.Testing.RawProtocol;

/// <summary>The plain-text commands on the client port.</summary>
public static class FourLetterWord
{
    /// <summary>Sends a word on a connection of its own and returns all that comes back.</summary>
    public static async Task<string> AskAsync(IPEndPoint server, string word, TimeSpan within)
    {
        using var timeout = new CancellationTokenSource(within);
        using var connection = new TcpClient(server.AddressFamily);
        await connection.ConnectAsync(server, timeout.Token);
        var stream = connection.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(word), timeout.Token);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync(timeout.Token);
    }
}
