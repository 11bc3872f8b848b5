using System.Security.Cryptography;
using System.Text;

namespace Coordination.Gateway.Authentication;

/// <summary>The proofs that client and server give each other in DIGEST-MD5 (RFC 2831, 2.1.2.1 and 2.1.3), for the
/// quality of protection <c>auth</c>.</summary>
/// <remarks>Texts that came in a token stand byte for char (ISO 8859-1), as they were sent.</remarks>
/// <param name="secret">What <see cref="Secret"/> makes of user and password.</param>
/// <param name="nonce">The server's nonce.</param>
/// <param name="clientNonce">The client's nonce.</param>
/// <param name="count">How often the nonce was used, in 8 hex digits.</param>
/// <param name="digestUri">The service that is logged in to.</param>
/// <param name="authorizationId">The identity that was asked for beside the user's own; null for none.</param>
internal sealed class DigestMd5(
    byte[] secret, string nonce, string clientNonce, string count, string digestUri, string? authorizationId)
{
    /// <summary>What is known of a user and a password: <c>H(user:realm:password)</c>.</summary>
    /// <param name="user">The user.</param>
    /// <param name="realm">The realm.</param>
    /// <param name="password">The password.</param>
    /// <param name="isUtf8">Whether the client has said so: what ISO 8859-1 can spell is hashed in it all the same.</param>
    public static byte[] Secret(string user, string realm, string password, bool isUtf8) =>
        Hash([.. Encode(user, isUtf8), (byte)':', .. Encode(realm, isUtf8), (byte)':', .. Encode(password, isUtf8)]);

    /// <summary>What the client has to send as its response.</summary>
    public string OfClient() => Prove("AUTHENTICATE:" + digestUri);

    /// <summary>What the server sends as <c>rspauth</c>.</summary>
    public string OfServer() => Prove(":" + digestUri);

    private string Prove(string what)
    {
        string suffix = authorizationId is null ? string.Empty : ":" + authorizationId;
        byte[] first = Hash([.. secret, .. Encoding.Latin1.GetBytes($":{nonce}:{clientNonce}{suffix}")]);
        return HexOfHash($"{Hex(first)}:{nonce}:{count}:{clientNonce}:auth:{HexOfHash(what)}");
    }

    private static string HexOfHash(string text) => Hex(Hash(Encoding.Latin1.GetBytes(text)));

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

    private static byte[] Encode(string text, bool isUtf8) =>
        isUtf8 && text.Any(static character => character > 0xff)
            ? Encoding.UTF8.GetBytes(text) : Encoding.Latin1.GetBytes(text);

#pragma warning disable CA5351 // the mechanism's own hash, which every client computes for itself
    private static byte[] Hash(byte[] bytes) => MD5.HashData(bytes);
#pragma warning restore CA5351
}
