namespace Coordination.Gateway.Authentication;

/// <summary>How clients may say who they are, and who they must be.</summary>
public sealed record AuthenticationOptions
{
    /// <summary>The digest, as <c>name:base64(SHA1(name:password))</c>, whose owner may do anything; null for nobody.
    /// ZooKeeper's <c>zookeeper.DigestAuthenticationProvider.superDigest</c>.</summary>
    public string? SuperDigest { get; init; }

    /// <summary>Whether everybody may do anything, whatever the ACLs say; ZooKeeper's <c>skipACL</c>.</summary>
    public bool SkipsAcls { get; init; }

    /// <summary>The schemes of which a connection must have proved an identity before any other request; empty where
    /// none is asked for. ZooKeeper's <c>enforce.auth.schemes</c> and <c>sessionRequireClientSASLAuth</c>.</summary>
    public IReadOnlySet<string> EnforcedSchemes { get; init; } = new HashSet<string>();

    /// <summary>The passwords of those who may log in by SASL, by their names; empty where SASL is not served.</summary>
    public IReadOnlyDictionary<string, string> SaslPasswords { get; init; } = new Dictionary<string, string>();

    /// <summary>Those among them who may do anything; ZooKeeper's <c>zookeeper.superUser</c>.</summary>
    public IReadOnlySet<string> SuperUsers { get; init; } = new HashSet<string>();
}
