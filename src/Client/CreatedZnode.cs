using Coordination.Protocol;

namespace Coordination.Client;

/// <summary>What a create has made.</summary>
/// <param name="Path">The znode's path, with its number where it was created as a sequential one.</param>
/// <param name="Stat">Its Stat.</param>
public sealed record CreatedZnode(string Path, Stat Stat);
