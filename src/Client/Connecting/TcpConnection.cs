using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;

namespace Coordination.Client.Connecting;

/// <summary>A connection to a server over TCP, under TLS where that is asked for.</summary>
internal sealed class TcpConnection : ITransportConnection
{
    private const int ReadBufferLength = 32 * 1024;

    private readonly Stream _stream;

    private TcpConnection(Stream stream)
    {
        _stream = stream;
        Input = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: ReadBufferLength, leaveOpen: true));
    }

    /// <inheritdoc/>
    public PipeReader Input { get; }

    internal static async Task<ITransportConnection> OpenAsync(
        ServerAddress server, SslClientAuthenticationOptions? tls, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Stream? stream = null;
        try
        {
            // Names are looked up each time: a server that moves is found again.
            await socket.ConnectAsync(server.Host, server.Port, cancellationToken).ConfigureAwait(false);
            stream = new NetworkStream(socket, ownsSocket: true);
            if (tls is not null)
                stream = await SecureAsync(stream, server, tls, cancellationToken).ConfigureAwait(false);
            return new TcpConnection(stream);
        }
        catch
        {
            if (stream is not null)
                await stream.DisposeAsync().ConfigureAwait(false);
            socket.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        _stream.WriteAsync(bytes, cancellationToken);

    /// <inheritdoc/>
    public void Close() => _stream.Dispose();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync().ConfigureAwait(false);
        await Input.CompleteAsync().ConfigureAwait(false);
    }

    private static async Task<SslStream> SecureAsync(
        Stream stream, ServerAddress server, SslClientAuthenticationOptions tls, CancellationToken cancellationToken)
    {
        var secure = new SslStream(stream, leaveInnerStreamOpen: false);
        try
        {
            await secure.AuthenticateAsClientAsync(WithTarget(tls, server.Host), cancellationToken).ConfigureAwait(false);
            return secure;
        }
        catch
        {
            await secure.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    // Each connection is to a host of its own, so the caller's options cannot be written to.
    private static SslClientAuthenticationOptions WithTarget(SslClientAuthenticationOptions tls, string host) => new()
    {
        TargetHost = tls.TargetHost ?? host,
        AllowRenegotiation = tls.AllowRenegotiation,
        AllowTlsResume = tls.AllowTlsResume,
        ApplicationProtocols = tls.ApplicationProtocols,
        CertificateChainPolicy = tls.CertificateChainPolicy,
        CertificateRevocationCheckMode = tls.CertificateRevocationCheckMode,
        CipherSuitesPolicy = tls.CipherSuitesPolicy,
        ClientCertificateContext = tls.ClientCertificateContext,
        ClientCertificates = tls.ClientCertificates,
        EnabledSslProtocols = tls.EnabledSslProtocols,
        EncryptionPolicy = tls.EncryptionPolicy,
        LocalCertificateSelectionCallback = tls.LocalCertificateSelectionCallback,
        RemoteCertificateValidationCallback = tls.RemoteCertificateValidationCallback,
    };
}
