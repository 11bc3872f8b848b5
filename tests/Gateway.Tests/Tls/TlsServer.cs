using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Coordination.Testing;
using Coordination.Testing.RawProtocol;

namespace Coordination.Gateway.Tests.Tls;

/// <summary>A silo with a secure client port, and the certificates to go with it.</summary>
public sealed class TlsServer : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private SiloProcess? _process;

    public TestAuthority Authority { get; } = new("the right authority");

    private int HandshakeTimeoutMilliseconds { get; init; } = 30_000;

    public SiloProcess Process => _process ?? throw new InvalidOperationException("the silo is not started");

    public IPEndPoint EndPoint { get; } = new(IPAddress.Loopback, FreePort.Take());

    public string CertificateFile => _directory.Combine("server.pem");

    public string KeyFile => _directory.Combine("server.key");

    public string TrustFile => _directory.Combine("trust.pem");

    public string PasswordFile => _directory.Combine("password");

    public string StoreFile => _directory.Combine("server.p12");

    public static Task<TlsServer> StartAsync(params string[] arguments) => StartAsync(30_000, arguments);

    /// <summary>Starts one with another time for a handshake than one that no machine exceeds.</summary>
    public static async Task<TlsServer> StartAsync(int handshakeTimeoutMilliseconds, params string[] arguments)
    {
        var server = new TlsServer { HandshakeTimeoutMilliseconds = handshakeTimeoutMilliseconds };
        try
        {
            using var certificate = server.Authority.Sign("CN=localhost");
            server.Write(certificate);
            await File.WriteAllTextAsync(server.TrustFile, server.Authority.Pem);
            await server.LaunchAsync(
                ["--tls-certificate", server.CertificateFile, "--tls-key", server.KeyFile, "--tls-trust", server.TrustFile, .. arguments]);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts one with its key in a store behind a password.</summary>
    public static async Task<TlsServer> StartWithKeyStoreAsync()
    {
        var server = new TlsServer();
        using var certificate = server.Authority.Sign("CN=localhost");
        await File.WriteAllBytesAsync(server.StoreFile, certificate.Export(X509ContentType.Pkcs12, "pass word"));
        await File.WriteAllTextAsync(server.PasswordFile, "pass word\n");
        await server.LaunchAsync(
            ["--tls-key-store", server.StoreFile, "--tls-password-file", server.PasswordFile, "--tls-client-auth", "none"]);
        return server;
    }

    /// <summary>Puts another certificate in the place of the server's.</summary>
    public void Write(X509Certificate2 certificate)
    {
        using var key = certificate.GetECDsaPrivateKey()!;
        File.WriteAllText(KeyFile, key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(CertificateFile, certificate.ExportCertificatePem());
    }

    /// <summary>A way in for clients that know nothing of TLS.</summary>
    public TlsTunnel Tunnel(X509Certificate2? certificate) => new(EndPoint, certificate);

    /// <summary>Opens a session with a certificate.</summary>
    public async Task<RawZooKeeperClient> ConnectAsync(X509Certificate2? certificate)
    {
        using var tunnel = Tunnel(certificate);
        return await RawZooKeeperClient.ConnectAsync(
            tunnel.EndPoint, new ConnectParameters { ConnectTimeout = RunningSilo.Soon });
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        Authority.Dispose();
        _directory.Dispose();
    }

    private async Task LaunchAsync(string[] arguments) => _process = await SiloProcess.StartAsync(new SiloOptions
    {
        Arguments =
        [
            "--secure-client-port", EndPoint.Port.ToString(CultureInfo.InvariantCulture), "--four-letter-words", "*",
            "--tls-handshake-timeout", HandshakeTimeoutMilliseconds.ToString(CultureInfo.InvariantCulture), .. arguments,
        ],
    });
}
