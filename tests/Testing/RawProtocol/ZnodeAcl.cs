namespace Coordination.Testing.RawProtocol;

/// <summary>The answer to getACL.</summary>
public sealed record ZnodeAcl(IReadOnlyList<AclEntry> Entries, Stat Stat);
