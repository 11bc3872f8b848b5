using System.Security.Cryptography;
using System.Text;

namespace Coordination.Gateway.Tests.Security;

/// <summary>The client's side of DIGEST-MD5, written down again from RFC 2831, so that a mistake of the server's is seen.</summary>
internal sealed class DigestMd5Client(string user, string password, string clientNonce)
{
    public string Realm { get; init; } = "zk-sasl-md5";

    public string Uri { get; init; } = "zookeeper/zk-sasl-md5";

    public string? AuthorizationId { get; init; }

    /// <summary>The value of the directive <c>response</c>.</summary>
    public string Response(string nonce) => Value(nonce, $"AUTHENTICATE:{Uri}");

    /// <summary>The value of the directive <c>rspauth</c> that the server has to answer with.</summary>
    public string ResponseAuth(string nonce) => Value(nonce, $":{Uri}");

    /// <summary>The whole token, with further directives behind the usual ones.</summary>
    public string Token(string nonce, string further = "") =>
        $"charset=utf-8,username=\"{user}\",realm=\"{Realm}\",nonce=\"{nonce}\",nc=00000001,cnonce=\"{clientNonce}\","
        + $"digest-uri=\"{Uri}\",response={Response(nonce)},qop=auth{further}";

    private string Value(string nonce, string what)
    {
        byte[] secret = Digest(Encoding.UTF8.GetBytes($"{user}:{Realm}:{password}"));
        string authorization = AuthorizationId is null ? "" : $":{AuthorizationId}";
        byte[] session = Digest([.. secret, .. Encoding.UTF8.GetBytes($":{nonce}:{clientNonce}{authorization}")]);
        string hashed = Hex(Digest(Encoding.UTF8.GetBytes(what)));
        return Hex(Digest(Encoding.UTF8.GetBytes($"{Hex(session)}:{nonce}:00000001:{clientNonce}:auth:{hashed}")));
    }

    private static byte[] Digest(byte[] bytes) => MD5.HashData(bytes);

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
