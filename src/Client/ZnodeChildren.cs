using Coordination.Protocol;

namespace Coordination.Client;

/// <summary>The names of a znode's children and its Stat, of one moment.</summary>
/// <param name="Names">The names, without the parent's path, in no order that all servers keep.</param>
/// <param name="Stat">The parent's Stat.</param>
public sealed record ZnodeChildren(IReadOnlyList<string> Names, Stat Stat);
