using Coordination.Protocol;

namespace Coordination.Engine.Requests;

/// <summary>On whose behalf a request is made: one connection of a session, with the identities it has proved.</summary>
/// <param name="SessionId">The session; 0 for the service itself, which no session rule holds back.</param>
/// <param name="AttachZxid">The attachment that the connection stands for: an older one's requests fail as moved.</param>
/// <param name="Identities">Whom the connection has authenticated as, its address first.</param>
public sealed record Caller(long SessionId, long AttachZxid, Identity[] Identities)
{
    /// <summary>The service itself, which may do anything.</summary>
    public static Caller Service { get; } = new(0, 0, [new Identity("super", string.Empty)]);

    /// <summary>The same caller, with an identity more.</summary>
    public Caller With(Identity identity) =>
        Identities.Contains(identity) ? this : this with { Identities = [.. Identities, identity] };
}
