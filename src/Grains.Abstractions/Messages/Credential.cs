using Orleans;

namespace Coordination.Grains.Messages;

/// <summary>What a client proves an identity with.</summary>
/// <param name="Scheme">The scheme: <c>digest</c>.</param>
/// <param name="Data">What the scheme asks for: <c>name:password</c> in UTF-8.</param>
[GenerateSerializer, Immutable]
[Alias("Coordination.Credential")]
public sealed record Credential(
    [property: Id(0)] string Scheme,
    [property: Id(1)] byte[] Data);
