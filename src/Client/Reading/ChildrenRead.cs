namespace Coordination.Client;

/// <summary>The names of a znode's children.</summary>
/// <param name="Path">The znode.</param>
/// <param name="Names">The names.</param>
public sealed record ChildrenRead(string Path, IReadOnlyList<string> Names) : ReadResult(Path);
