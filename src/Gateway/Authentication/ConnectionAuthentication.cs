using System.Net;
using System.Security.Cryptography;
using Coordination.Engine.Requests;
using Coordination.Engine.Security;
using Coordination.Protocol;

namespace Coordination.Gateway.Authentication;

/// <summary>Who one connection has proved to be: by auth packets, and by SASL.</summary>
/// <remarks>Not thread-safe: for the thread that reads the connection's requests.</remarks>
internal sealed class ConnectionAuthentication(AuthenticationOptions options)
{
    private const int NonceBytes = 24;
    // Far more than anyone has who is not filling our memory.
    private const int MostIdentities = 256;

    private static readonly Identity _super = new(AuthenticationScheme.Super, string.Empty);

    private DigestMd5Exchange? _exchange;

    /// <summary>Whom a connection is taken for before it has said anything.</summary>
    /// <param name="options">What the silo is told of authentication.</param>
    /// <param name="address">Where it comes from; null where nobody knows.</param>
    public static IEnumerable<Identity> FirstIdentities(AuthenticationOptions options, IPAddress? address)
    {
        if (address is not null)
            yield return new Identity(AuthenticationScheme.Ip, address.ToString());
        if (options.SkipsAcls)
            yield return _super;
    }

    /// <summary>Whether a caller must prove more before its requests are looked at.</summary>
    public bool IsBarred(Caller caller)
    {
        if (options.EnforcedSchemes.Count == 0)
            return false;
        foreach (var identity in caller.Identities)
        {
            if (options.EnforcedSchemes.Contains(identity.Scheme))
                return false;
        }
        return true;
    }

    /// <summary>Takes an auth packet.</summary>
    /// <param name="record">The packet.</param>
    /// <param name="caller">Who has sent it; replaced by who it is then.</param>
    /// <param name="scheme">The packet's scheme.</param>
    /// <returns>Ok; or AuthFailed for a scheme that proves nothing in a packet, for none at all, and for one identity too many, after which
    /// the connection is to be closed.</returns>
    /// <exception cref="MalformedRecordException">The bytes are no auth packet.</exception>
    public ErrorCode TakePacket(ref JuteReader record, ref Caller caller, out string scheme)
    {
        record.ReadInt(); // the packet's type, which is always 0
        scheme = record.ReadString();
        var credentials = record.ReadUtf8(out bool isNull);
        if (scheme == AuthenticationScheme.Ip)
            return ErrorCode.Ok;
        if (scheme != AuthenticationScheme.Digest || isNull || caller.Identities.Length >= MostIdentities)
            return ErrorCode.AuthFailed;
        var identity = DigestIdentity.FromCredentials(credentials);
        if (identity.Id == options.SuperDigest)
            caller = caller.With(_super);
        caller = caller.With(identity);
        return ErrorCode.Ok;
    }

    /// <summary>Takes a token of the SASL exchange.</summary>
    /// <param name="record">The request's record.</param>
    /// <param name="caller">Who has sent it; replaced by who it is then.</param>
    /// <param name="answer">The token to answer with; null where it is refused.</param>
    /// <returns>Ok; or, for whatever reason, one and the same refusal, after which the connection is to be closed.</returns>
    /// <exception cref="MalformedRecordException">The bytes are no such record.</exception>
    public ErrorCode TakeToken(ref JuteReader record, ref Caller caller, out byte[]? answer)
    {
        var token = record.ReadBuffer(out _);
        answer = null;
        if (options.SaslPasswords.Count > 0)
        {
            _exchange ??= new DigestMd5Exchange(
                options.SaslPasswords, Convert.ToBase64String(RandomNumberGenerator.GetBytes(NonceBytes)));
            answer = _exchange.Evaluate(token);
        }
        if (answer is null)
        {
            return options.EnforcedSchemes.Contains(AuthenticationScheme.Sasl)
                ? ErrorCode.SessionClosedRequireSaslAuth : ErrorCode.AuthFailed;
        }
        if (_exchange!.ProvedUser is { } user)
        {
            caller = caller.With(new Identity(AuthenticationScheme.Sasl, user));
            if (options.SuperUsers.Contains(user))
                caller = caller.With(_super);
        }
        return ErrorCode.Ok;
    }
}
