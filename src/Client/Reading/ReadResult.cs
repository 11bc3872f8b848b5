namespace Coordination.Client;

/// <summary>What was read by one part of a <see cref="ReadBatch"/>: a <see cref="DataRead"/>, <see cref="ChildrenRead"/> or
/// <see cref="ReadFailed"/>.</summary>
/// <param name="Path">The znode that was read.</param>
public abstract record ReadResult(string Path);
