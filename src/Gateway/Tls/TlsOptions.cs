namespace Coordination.Gateway.Tls;

/// <summary>How the secure client port encrypts, and whom it lets in.</summary>
public sealed record TlsOptions
{
    /// <summary>The file with the server's certificate and those above it, as PEM; null where there is a key store.</summary>
    public string? Certificate { get; init; }

    /// <summary>The file with the certificate's key, as PEM.</summary>
    public string? Key { get; init; }

    /// <summary>The file with both, as PKCS #12; ZooKeeper's <c>ssl.keyStore.location</c>.</summary>
    public string? KeyStore { get; init; }

    /// <summary>The file whose first line is the password of the key or the key store; null for none. ZooKeeper's
    /// <c>ssl.keyStore.passwordPath</c>.</summary>
    public string? PasswordFile { get; init; }

    /// <summary>The file with the root certificates that clients' must go back to, as PEM; ZooKeeper's
    /// <c>ssl.trustStore.location</c>.</summary>
    public string? Trust { get; init; }

    /// <summary>Whether clients have to show a certificate.</summary>
    public ClientAuthentication ClientAuthentication { get; init; } = ClientAuthentication.Need;

    /// <summary>The subject of whoever may do anything; ZooKeeper's <c>zookeeper.X509AuthenticationProvider.superUser</c>.</summary>
    public string? SuperUser { get; init; }

    /// <summary>How long a handshake may take; ZooKeeper's <c>ssl.handshakeDetectionTimeoutMillis</c>.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How many handshakes may be under way; 0 for any number. ZooKeeper's
    /// <c>zookeeper.netty.server.outstandingHandshake.limit</c>.</summary>
    public int MostHandshakes { get; init; } = 1000;

    /// <summary>The files that are read, and read again when they change.</summary>
    public IEnumerable<string> Files => ((string?[])[Certificate, Key, KeyStore, PasswordFile, Trust]).OfType<string>();
}
