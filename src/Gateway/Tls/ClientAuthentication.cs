namespace Coordination.Gateway.Tls;

/// <summary>Whether clients have to show a certificate; ZooKeeper's <c>ssl.clientAuth</c>.</summary>
public enum ClientAuthentication
{
    /// <summary>They are not asked for one.</summary>
    None,

    /// <summary>They are asked for one; one that is shown must be right.</summary>
    Want,

    /// <summary>They must show one that is right.</summary>
    Need,
}
