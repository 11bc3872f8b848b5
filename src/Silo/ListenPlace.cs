using System.Net;

namespace Coordination.Silo;

/// <summary>Where the silo listens, and the options that say so.</summary>
/// <param name="PortOption">The option that has the port.</param>
/// <param name="AddressOption">The option that has the address.</param>
/// <param name="EndPoint">Both.</param>
internal sealed record ListenPlace(string PortOption, string AddressOption, IPEndPoint EndPoint);
