using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Coordination.Gateway.Tls;

/// <summary>What was read from the files of <see cref="TlsOptions"/>.</summary>
/// <param name="Server">The server's certificate, its key, and the certificates above it.</param>
/// <param name="Trusted">The roots that clients' certificates must go back to.</param>
internal sealed record TlsMaterial(SslStreamCertificateContext Server, X509Certificate2Collection Trusted)
{
    /// <summary>Reads the files.</summary>
    /// <exception cref="CryptographicException">A file holds no certificate, or the key is not the certificate's.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static TlsMaterial Read(TlsOptions options)
    {
        string? password = options.PasswordFile is null ? null : File.ReadLines(options.PasswordFile).FirstOrDefault() ?? "";
        var (certificate, above) = options.KeyStore is null ? ReadPem(options, password) : ReadStore(options.KeyStore, password);
        var trusted = new X509Certificate2Collection();
        if (options.Trust is not null)
        {
            trusted.ImportFromPemFile(options.Trust);
            if (trusted.Count == 0)
                throw new CryptographicException($"{options.Trust} holds no certificate");
        }
        // Offline: nobody else is asked for what is missing.
        return new TlsMaterial(SslStreamCertificateContext.Create(certificate, above, offline: true), trusted);
    }

    private static (X509Certificate2, X509Certificate2Collection) ReadPem(TlsOptions options, string? password)
    {
        var certificate = password is null
            ? X509Certificate2.CreateFromPemFile(options.Certificate!, options.Key)
            : X509Certificate2.CreateFromEncryptedPemFile(options.Certificate!, password, options.Key);
        var all = new X509Certificate2Collection();
        all.ImportFromPemFile(options.Certificate!);
        return (certificate, [.. all.Skip(1)]);
    }

    private static (X509Certificate2, X509Certificate2Collection) ReadStore(string path, string? password)
    {
        var all = X509CertificateLoader.LoadPkcs12CollectionFromFile(path, password, X509KeyStorageFlags.EphemeralKeySet);
        var certificate = all.FirstOrDefault(static entry => entry.HasPrivateKey)
            ?? throw new CryptographicException($"{path} holds no certificate with its key");
        all.Remove(certificate);
        return (certificate, all);
    }
}
