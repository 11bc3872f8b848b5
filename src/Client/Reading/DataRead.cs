namespace Coordination.Client;

/// <summary>A znode's data and Stat.</summary>
/// <param name="Path">The znode.</param>
/// <param name="Znode">What was read.</param>
public sealed record DataRead(string Path, Znode Znode) : ReadResult(Path);
