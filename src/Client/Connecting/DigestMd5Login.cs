using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Coordination.Client.Connecting;

/// <summary>The client's side of SASL's DIGEST-MD5 (RFC 2831), for one login.</summary>
internal sealed class DigestMd5Login(SaslCredential credential)
{
    private const string DefaultRealm = "zk-sasl-md5";
    private const string FirstUse = "00000001";
    private const int NonceLength = 16;

    private string? _expectedProof;

    /// <summary>Whether the server has proved that it knows the password too.</summary>
    internal bool IsProved { get; private set; }

    /// <summary>Takes the server's next token.</summary>
    /// <returns>The token to answer with; empty where that was the last.</returns>
    /// <exception cref="AuthenticationFailedException">It is not what the server has to say now.</exception>
    internal byte[] Respond(ReadOnlySpan<byte> token)
    {
        var directives = Parse(Encoding.Latin1.GetString(token));
        if (_expectedProof is null)
            return Respond(directives);
        if (directives.GetValueOrDefault("rspauth") != _expectedProof)
            throw Refuse("the server does not know the password");
        IsProved = true;
        return [];
    }

    private byte[] Respond(Dictionary<string, string> challenge)
    {
        if (!challenge.TryGetValue("nonce", out string? nonce))
            throw Refuse("the server's challenge has no nonce");
        string realm = challenge.GetValueOrDefault("realm", DefaultRealm);
        bool isUtf8 = challenge.GetValueOrDefault("charset") == "utf-8";
        string clientNonce = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(NonceLength));
        string uri = "zookeeper/" + DefaultRealm;
        byte[] first = Hash(
            [.. Hash(Encode($"{credential.User}:{realm}:{credential.Password}", isUtf8)),
            .. Encoding.Latin1.GetBytes($":{nonce}:{clientNonce}")]);
        _expectedProof = Prove(first, nonce, clientNonce, ":" + uri);
        string proof = Prove(first, nonce, clientNonce, "AUTHENTICATE:" + uri);
        string charset = isUtf8 ? "charset=utf-8," : string.Empty;
        byte[] user = isUtf8 ? Encoding.UTF8.GetBytes(Quote(credential.User)) : Encoding.Latin1.GetBytes(Quote(credential.User));
        return
        [
            .. Encoding.Latin1.GetBytes(charset + "username="), .. user,
            .. Encoding.Latin1.GetBytes(
                $",realm={Quote(realm)},nonce={Quote(nonce)},nc={FirstUse},cnonce=\"{clientNonce}\","
                + $"digest-uri=\"{uri}\",maxbuf=65536,response={proof},qop=auth"),
        ];
    }

    private static string Prove(byte[] first, string nonce, string clientNonce, string what) =>
        HexOfHash($"{Convert.ToHexStringLower(first)}:{nonce}:{FirstUse}:{clientNonce}:auth:{HexOfHash(what)}");

    private static string Quote(string text) =>
        "\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";

    // What ISO 8859-1 can spell is hashed in it even where UTF-8 is agreed on.
    private static byte[] Encode(string text, bool isUtf8) =>
        isUtf8 && text.Any(static character => character > 0xff)
            ? Encoding.UTF8.GetBytes(text) : Encoding.Latin1.GetBytes(text);

    private static string HexOfHash(string text) => Convert.ToHexStringLower(Hash(Encoding.Latin1.GetBytes(text)));

#pragma warning disable CA5351 // the mechanism's own hash, which the server computes for itself
    private static byte[] Hash(byte[] bytes) => MD5.HashData(bytes);
#pragma warning restore CA5351

    private static Dictionary<string, string> Parse(string text)
    {
        var directives = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        int position = 0;
        while (position < text.Length)
        {
            int equals = text.IndexOf('=', position);
            if (equals < 0)
                throw Refuse(string.Create(CultureInfo.InvariantCulture, $"the server's token breaks off at {position}"));
            string name = text[position..equals].Trim(' ', ',', '\t', '\r', '\n');
            position = equals + 1;
            directives[name] = ReadValue(text, ref position);
        }
        return directives;
    }

    private static string ReadValue(string text, ref int position)
    {
        if (position == text.Length || text[position] != '"')
        {
            int comma = text.IndexOf(',', position);
            int start = position;
            position = comma < 0 ? text.Length : comma + 1;
            return text[start..(comma < 0 ? text.Length : comma)].Trim();
        }
        var value = new StringBuilder();
        for (position++; position < text.Length && text[position] != '"'; position++)
        {
            if (text[position] == '\\' && position + 1 < text.Length)
                position++;
            value.Append(text[position]);
        }
        int next = text.IndexOf(',', position);
        position = next < 0 ? text.Length : next + 1;
        return value.ToString();
    }

    private static AuthenticationFailedException Refuse(string reason) => new("sasl", reason);
}
