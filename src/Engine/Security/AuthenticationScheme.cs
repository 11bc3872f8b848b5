using System.Globalization;
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

    /// <summary>Whom a SASL login has proved: a name, or a principal as Kerberos writes them.</summary>
    public const string Sasl = "sasl";

    /// <summary>The subject of the client's certificate, as RFC 2253 writes it.</summary>
    public const string X509 = "x509";

    /// <summary>Whoever may do anything; never in an ACL.</summary>
    public const string Super = "super";

    /// <summary>Whether a scheme is one that looks at the ids in an ACL.</summary>
    public static bool IsKnownInAcl(string scheme) => scheme is World or Digest or Ip or Sasl or X509;

    /// <summary>Whether an id may stand in an ACL under a scheme.</summary>
    public static bool IsValidInAcl(string scheme, string id) => scheme switch
    {
        // As Java splits: empty parts at the end do not count.
        Digest => id.TrimEnd(':').Split(':').Length == 2,
        Ip => TryParseNetwork(id, out _, out _),
        Sasl => IsPrincipal(id),
        X509 => DistinguishedNameText.IsValid(id),
        _ => false,
    };

    /// <summary>Whether a caller's id is one that an ACL's id stands for, both under the same scheme.</summary>
    public static bool Matches(string scheme, string callerId, string aclId) => scheme switch
    {
        Digest or X509 => callerId == aclId,
        Ip => IsInNetwork(callerId, aclId),
        // Whoever logged in as super is every user, as in ZooKeeper.
        Sasl => callerId == aclId || callerId == Super,
        _ => false,
    };

    /// <summary>Whether an identity under a scheme was proved, so that <c>auth</c> may stand for it.</summary>
    public static bool IsAuthenticated(string scheme) => scheme is Digest or Sasl or X509;

    // A name alone, or name[/host]@realm.
    private static bool IsPrincipal(string id)
    {
        int at = id.IndexOf('@');
        return at < 0 || (id.AsSpan(0, at).Count('/') <= 1 && id.AsSpan(at + 1).IndexOfAny('/', '@') < 0);
    }

    private static bool IsInNetwork(string address, string network)
    {
        if (!TryParseAddress(address, out byte[] bytes) || !TryParseNetwork(network, out byte[] prefix, out int bits)
            || bytes.Length != prefix.Length)
        {
            return false;
        }
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
        int slash = network.IndexOf('/');
        bits = 0;
        if (!TryParseAddress(slash < 0 ? network : network[..slash], out prefix))
            return false;
        if (slash >= 0)
            return TryParseInt(network.AsSpan(slash + 1), out bits) && bits >= 0 && bits <= prefix.Length * 8;
        bits = prefix.Length * 8;
        return true;
    }

    private static bool TryParseAddress(string text, out byte[] bytes)
    {
        bytes = [];
        if (text.Contains(':'))
        {
            if (text[0] == '[' || !IPAddress.TryParse(text, out var parsed))
                return false;
            bytes = parsed.GetAddressBytes();
            return true;
        }
        // Not IPAddress, to which "010" is 8 and "0x7f.1" an address: ZooKeeper reads four decimal numbers.
        string[] parts = text.Split('.');
        if (parts.Length != 4)
            return false;
        bytes = new byte[4];
        for (int i = 0; i < 4; i++)
        {
            if (!TryParseInt(parts[i], out int value) || value is < 0 or > 255)
                return false;
            bytes[i] = (byte)value;
        }
        return true;
    }

    // What Java's Integer.parseInt takes: a sign or none, and digits.
    private static bool TryParseInt(ReadOnlySpan<char> text, out int value) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
}
