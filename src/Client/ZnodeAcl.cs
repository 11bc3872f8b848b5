using Coordination.Protocol;

namespace Coordination.Client;

/// <summary>A znode's ACL and Stat, of one moment.</summary>
/// <param name="Entries">Who may do what; the hashes of digests are masked from those who may not set the ACL.</param>
/// <param name="Stat">The Stat, whose <see cref="Stat.Aversion"/> is the ACL's version.</param>
public sealed record ZnodeAcl(IReadOnlyList<Acl> Entries, Stat Stat);
