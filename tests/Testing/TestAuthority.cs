using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Coordination.Testing;

/// <summary>A root certificate, and what it signs.</summary>
public sealed class TestAuthority : IDisposable
{
    private static readonly TimeSpan s_life = TimeSpan.FromDays(2);

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _root;

    public TestAuthority(string name)
    {
        var request = new CertificateRequest($"CN={name}", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        _root = request.CreateSelfSigned(DateTimeOffset.UtcNow - s_life, DateTimeOffset.UtcNow + s_life);
    }

    public string Pem => _root.ExportCertificatePem();

    /// <summary>Signs a certificate.</summary>
    /// <param name="subject">Whose it is.</param>
    /// <param name="until">When it ends, from now.</param>
    public X509Certificate2 Sign(string subject, TimeSpan? until = null) =>
        Sign(new X500DistinguishedName(subject), until);

    public X509Certificate2 Sign(X500DistinguishedName subject, TimeSpan? until = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(
            _root, DateTimeOffset.UtcNow - s_life + TimeSpan.FromHours(1), DateTimeOffset.UtcNow + (until ?? TimeSpan.FromDays(1)),
            RandomNumberGenerator.GetBytes(8));
        using var withKey = certificate.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
    }

    public void Dispose()
    {
        _root.Dispose();
        _key.Dispose();
    }
}
