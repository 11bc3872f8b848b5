using System.Security.Cryptography;
using System.Text;

namespace Coordination.Gateway.Authentication;

/// <summary>The server's side of SASL's DIGEST-MD5 (RFC 2831), for one connection and one login.</summary>
/// <remarks>Two tokens are taken, the empty one and the response, and every refusal is final: who wants to guess again
/// must connect again. The effort is bounded by the length of a token.</remarks>
/// <param name="passwords">The passwords, by user.</param>
/// <param name="nonce">What this exchange's response has to be made with; never to be given twice.</param>
internal sealed class DigestMd5Exchange(IReadOnlyDictionary<string, string> passwords, string nonce)
{
    /// <summary>ZooKeeper's servers all go by this name, which is the realm and the host at once.</summary>
    public const string Realm = "zk-sasl-md5";

    private const string DigestUri = "zookeeper/" + Realm;
    private const int LongestToken = 4096;
    private const string FirstUse = "00000001";

    private State _state = State.Begins;

    private enum State
    {
        Begins,
        Challenged,
        Ended,
    }

    /// <summary>Who the response has proved the client to be; null before.</summary>
    public string? ProvedUser { get; private set; }

    /// <summary>Takes the client's next token.</summary>
    /// <returns>The token to answer with; null where the login has failed.</returns>
    public byte[]? Evaluate(ReadOnlySpan<byte> token)
    {
        var state = _state;
        _state = State.Ended;
        switch (state)
        {
            case State.Begins when token.IsEmpty:
                _state = State.Challenged;
                return Encoding.ASCII.GetBytes(
                    $"realm=\"{Realm}\",nonce=\"{nonce}\",qop=\"auth\",charset=utf-8,algorithm=md5-sess");
            case State.Challenged when token.Length <= LongestToken
                && DigestMd5Directives.TryParse(token, out var response) && IsForUs(response):
                return Verify(response);
            default:
                return null;
        }
    }

    // Everything but the proof itself.
    private bool IsForUs(DigestMd5Directives response) =>
        response["nonce"] == nonce
        && response["nc"] == FirstUse
        && response["realm"] == Realm
        && (response["qop"] ?? "auth") == "auth"
        && string.Equals(response["digest-uri"], DigestUri, StringComparison.OrdinalIgnoreCase)
        && response["charset"] is null or "utf-8"
        && response["username"] is not null
        && response["cnonce"] is { Length: > 0 }
        && response["response"] is not null;

    private byte[]? Verify(DigestMd5Directives response)
    {
        bool isUtf8 = response["charset"] is not null;
        string user = isUtf8 ? Utf8(response["username"]!) : response["username"]!;
        // One who is not known is refused as late as a wrong password is.
        bool isKnown = passwords.TryGetValue(user, out string? password);
        byte[] secret = DigestMd5.Secret(user, Realm, password ?? nonce, isUtf8);
        var proof = new DigestMd5(
            secret, nonce, response["cnonce"]!, FirstUse, response["digest-uri"]!, response["authzid"]);
        bool isProved = CryptographicOperations.FixedTimeEquals(
            Encoding.Latin1.GetBytes(proof.OfClient()), Encoding.Latin1.GetBytes(response["response"]!));
        if (!isProved || !isKnown)
            return null;
        ProvedUser = user;
        return Encoding.ASCII.GetBytes($"rspauth={proof.OfServer()}");
    }

    private static string Utf8(string latin1) => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(latin1));
}
