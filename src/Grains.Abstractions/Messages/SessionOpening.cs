using Orleans;

namespace Coordination.Grains.Messages;

/// <summary>What a session is opened, or attached, with.</summary>
/// <param name="TimeoutMilliseconds">The session timeout; clamped to the silo's bounds.</param>
/// <param name="Silo">The life of the silo whose connection serves the session; null for the silo that the grain is on.</param>
/// <param name="Credentials">Whom the client claims to be, to be proved; null for nobody.</param>
/// <param name="Seen">The zxid that the caller has seen: one who attached the session since keeps it. Null for whoever takes it
/// from anybody.</param>
[GenerateSerializer, Immutable]
[Alias("Coordination.SessionOpening")]
public sealed record SessionOpening(
    [property: Id(0)] int TimeoutMilliseconds,
    [property: Id(1)] Guid? Silo = null,
    [property: Id(2)] Credential[]? Credentials = null,
    [property: Id(3)] long? Seen = null);
