using Coordination.Protocol;
using Orleans;

namespace Coordination.Grains.Messages;

/// <summary>Proof of an attachment to a session: what its operations are made with.</summary>
/// <param name="SessionId">The session.</param>
/// <param name="Password">What a later attachment needs.</param>
/// <param name="TimeoutMilliseconds">The negotiated timeout.</param>
/// <param name="AttachZxid">The attachment: once the session is attached anew, this ticket's writes fail as moved.</param>
/// <param name="Identities">Whom the session has authenticated as.</param>
/// <param name="Seen">The highest zxid that the client has seen: what it reads is as of that or a later one, at whichever silo. To
/// be raised with every answer, as <see cref="GrainSession"/> does. Opening and attaching begin with that of their own entry.</param>
[GenerateSerializer, Immutable]
[Alias("Coordination.SessionTicket")]
public sealed record SessionTicket(
    [property: Id(0)] long SessionId,
    [property: Id(1)] byte[] Password,
    [property: Id(2)] int TimeoutMilliseconds,
    [property: Id(3)] long AttachZxid,
    [property: Id(4)] Identity[] Identities,
    [property: Id(5)] long Seen = 0);
