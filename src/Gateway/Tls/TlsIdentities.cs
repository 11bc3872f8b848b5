using Coordination.Protocol;

namespace Coordination.Gateway.Tls;

/// <summary>Whom a client's certificate has proved it to be: a feature of encrypted connections.</summary>
internal sealed record TlsIdentities(Identity[] Identities);
