namespace Coordination.Storage;

/// <summary>How much a store holds, and how new its checkpoint is.</summary>
/// <param name="DataBytes">What all of it takes, in bytes: log, checkpoint, and whatever is beside them.</param>
/// <param name="LogBytes">What the log takes, in bytes; as much as all of it where the two are not told apart.</param>
/// <param name="CheckpointTime">When the checkpoint was last brought forward; null where it never was.</param>
public readonly record struct StoreFigures(long DataBytes, long LogBytes, DateTimeOffset? CheckpointTime);
