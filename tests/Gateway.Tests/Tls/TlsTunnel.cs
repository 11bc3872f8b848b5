using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Coordination.Gateway.Tests.Tls;

/// <summary>A port that takes plain connections and passes them on encrypted, so that any client can speak TLS.</summary>
public sealed class TlsTunnel : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly IPEndPoint _server;
    private readonly X509Certificate2? _certificate;

    public TlsTunnel(IPEndPoint server, X509Certificate2? certificate)
    {
        (_server, _certificate) = (server, certificate);
        _listener.Start();
        _ = AcceptAsync();
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>Shakes hands with a server, and takes whatever certificate it shows.</summary>
    public static async Task<SslStream> OpenAsync(IPEndPoint server, X509Certificate2? certificate)
    {
        var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            return await OpenAsync(socket, server, certificate);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Shakes hands with a server on a socket of the caller's.</summary>
    public static async Task<SslStream> OpenAsync(Socket socket, IPEndPoint server, X509Certificate2? certificate)
    {
        using var timeout = new CancellationTokenSource(RunningSilo.Soon);
        await socket.ConnectAsync(server, timeout.Token);
        var encrypted = new SslStream(new NetworkStream(socket, ownsSocket: true));
        try
        {
            await encrypted.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = "localhost",
                    RemoteCertificateValidationCallback = static (_, _, _, _) => true,
                    ClientCertificateContext = certificate is null
                        ? null : SslStreamCertificateContext.Create(certificate, null, offline: true),
                },
                timeout.Token);
            return encrypted;
        }
        catch
        {
            await encrypted.DisposeAsync();
            throw;
        }
    }

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = PassAsync(await _listener.AcceptSocketAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task PassAsync(Socket client)
    {
        using var server = new Socket(_server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        await using var plain = new NetworkStream(client, ownsSocket: true);
        try
        {
            await using var encrypted = await OpenAsync(server, _server, _certificate);
            var down = encrypted.CopyToAsync(plain);
            var up = PassUpAsync(plain, encrypted, server);
            await Task.WhenAny(down, up);
            // What the client has ended the server may still answer.
            await Task.WhenAny(down, Task.Delay(RunningSilo.Soon));
            // Nothing is disposed that somebody still reads or writes.
            server.Close();
            client.Close();
            await Task.WhenAll(down, up);
        }
        catch (Exception e) when (
            e is IOException or SocketException or ObjectDisposedException or System.Security.Authentication.AuthenticationException)
        {
            // The client sees its connection end.
        }
    }

    // Without a word of TLS: OpenSSL takes no such word from one thread while another reads.
    private static async Task PassUpAsync(NetworkStream plain, SslStream encrypted, Socket server)
    {
        await plain.CopyToAsync(encrypted);
        server.Shutdown(SocketShutdown.Send);
    }
}
