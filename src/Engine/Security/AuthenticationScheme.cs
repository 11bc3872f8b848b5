using System.Net;

namespace Coordination.Engine.Security;

/// <summary>The schemes that identities and ACL entries are under, and what each takes for valid and for a match.</summary>
public static class AuthenticationScheme
{
    /// <summary>Everybody; its only id is <c>anyone</c>.</summary>
    public const string World = "world";

    /// <summary>In an ACL to be set: all that the caller has authenticated as.</summary>
    public const string Auth = "auth";

    /// <summary>A name and a password, kept as <c>name:base64(SHA1(name:password))</c>.</summary>
    public const string Digest = "digest";

    /// <summary>The client's address; in an ACL an address with or without a prefix length.</summary>
    public const string Ip = "ip";

    /// <summary>Whoever may do anything; never in an ACL.</summary>
    public const string Super = "super";

    /// <summary>Whether an id may stand in an ACL under a scheme.</summary>
    public static bool IsValidInAcl(string scheme, string id) => scheme switch
    {
        Digest => id.Split(':').Length == 2,
        Ip => TryParseNetwork(id, out _, out _),
        _ => false,
    };

    /// <summary>Whether a caller's id is one that an ACL's id stands for, both under the same scheme.</summary>
    public static bool Matches(string scheme, string callerId, string aclId) => scheme switch
    {
        Digest => callerId == aclId,
        Ip => IsInNetwork(callerId, aclId),
        _ => false,
    };

    /// <summary>Whether an identity under a scheme was proved, so that <c>auth</c> may stand for it.</summary>
    public static bool IsAuthenticated(string scheme) => scheme == Digest;

    private static bool IsInNetwork(string address, string network)
    {
        if (!IPAddress.TryParse(address, out var parsed) || !TryParseNetwork(network, out byte[] prefix, out int bits))
            return false;
        byte[] bytes = parsed.GetAddressBytes();
        if (bytes.Length != prefix.Length)
            return false;
        for (int i = 0; i < bytes.Length && bits > 0; i++, bits -= 8)
        {
            int mask = bits >= 8 ? 0xff : 0xff << (8 - bits);
            if (((bytes[i] ^ prefix[i]) & mask) != 0)
                return false;
        }
        return true;
    }

    private static bool TryParseNetwork(string network, out byte[] prefix, out int bits)
    {
        prefix = [];
        bits = 0;
        int slash = network.IndexOf('/');
        string address = slash < 0 ? network : network[..slash];
        // IPAddress takes "10.1" for 10.0.0.1, which ZooKeeper does not.
        if (!IPAddress.TryParse(address, out var parsed) || (!address.Contains(':') && address.Count(c => c == '.') != 3))
            return false;
        prefix = parsed.GetAddressBytes();
        bits = prefix.Length * 8;
        return slash < 0
            || (int.TryParse(network.AsSpan(slash + 1), out int given) && given >= 0 && given <= bits && (bits = given) >= 0);
    }
}
