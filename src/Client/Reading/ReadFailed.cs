namespace Coordination.Client;

/// <summary>A read that cannot be done; the others of its batch are done all the same.</summary>
/// <param name="Path">The znode.</param>
/// <param name="Reason">Why not.</param>
public sealed record ReadFailed(string Path, CoordinationException Reason) : ReadResult(Path);
