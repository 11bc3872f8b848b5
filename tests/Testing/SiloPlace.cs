using System.Net;

namespace Coordination.Testing;

/// <summary>Where a silo of a cluster runs.</summary>
/// <param name="NetworkNamespace">Its network namespace; null for that of the test.</param>
/// <param name="ClientAddress">The address that clients reach it at.</param>
/// <param name="SiloAddress">The address that the other silos reach it at.</param>
public readonly record struct SiloPlace(string? NetworkNamespace, IPAddress ClientAddress, IPAddress SiloAddress);
